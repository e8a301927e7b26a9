// Reservoirs and lists of nearest neighbours, and the choice of the search kernel.
#include "neighbors.h"

// MARK: Entries

// Moves the greater of `count` entries before the others: those above the pivot, then the pivot, whose place is
// returned. The pivot is the median of three, so entries already in order are parted in the middle.
static size_t part(uint64_t *entries, size_t count) {
    const uint64_t a = entries[0], b = entries[count / 2], c = entries[count - 1];
    const uint64_t high = a > b ? a : b, low = a > b ? b : a;
    const uint64_t pivot = c > high ? high : c < low ? low : c;
    const size_t place = pivot == a ? 0 : pivot == b ? count / 2 : count - 1;
    entries[place] = entries[0];
    size_t greater = 1;
    for (size_t i = 1; i < count; i++) {  // no branch to mispredict
        const uint64_t entry = entries[i];
        entries[i] = entries[greater];
        entries[greater] = entry;
        greater += entry > pivot;
    }
    entries[0] = entries[greater - 1];
    entries[greater - 1] = pivot;
    return greater - 1;
}

// Moves the k greatest of `count` entries to the front, in any order but for the k-th, which comes last of them.
static void select_greatest(uint64_t *entries, size_t count, size_t k) {
    while (count > 1) {
        const size_t place = part(entries, count);
        if (place + 1 == k) return;
        if (place + 1 > k) {
            count = place;
        } else {
            entries += place + 1;
            count -= place + 1;
            k -= place + 1;
        }
    }
}

static void sort_descending(uint64_t *entries, size_t count) {
    enum { few = 12 };
    while (count > few) {
        const size_t place = part(entries, count);
        sort_descending(entries, place);
        entries += place + 1;
        count -= place + 1;
    }
    for (size_t i = 1; i < count; i++) {
        const uint64_t entry = entries[i];
        size_t j = i;
        for (; j > 0 && entries[j - 1] < entry; j--) entries[j] = entries[j - 1];
        entries[j] = entry;
    }
}

// MARK: Reservoirs

static uint64_t least_at(float threshold) { return (uint64_t)ck_score_order(threshold + 0.0f) << 32; }

void ck_open_reservoir(ck_reservoir reservoir, const float *thresholds) {
    for (size_t r = 0; r < reservoir.count; r++)
        reservoir.rows[r] = (ck_reservoir_row){.least = least_at(thresholds[r]), .count = 0};
}

void ck_raise_reservoir(ck_reservoir reservoir, const float *thresholds) {
    for (size_t r = 0; r < reservoir.count; r++) {
        ck_reservoir_row *row = reservoir.rows + r;
        const uint64_t least = least_at(thresholds[r]);
        if (least <= row->least) continue;
        row->least = least;
        uint64_t *entries = reservoir.entries + r * reservoir.capacity;
        size_t kept = 0;
        for (size_t i = 0; i < row->count; i++)
            if (entries[i] >= least) entries[kept++] = entries[i];
        row->count = kept;
    }
}

float ck_entry_threshold(uint64_t least) { return ck_entry_score(least); }

// Cuts a full row down to its k best entries and raises what the next one must be, and the bound at `slot` with it.
static void shrink(const ck_side *side, size_t row, size_t slot) {
    const ck_reservoir *reservoir = &side->reservoir;
    uint64_t *entries = reservoir->entries + row * reservoir->capacity;
    ck_reservoir_row *state = reservoir->rows + row;
    select_greatest(entries, state->count, reservoir->k);
    state->count = reservoir->k;
    state->least = entries[reservoir->k - 1] + 1;
    reservoir->bounds[slot] = ck_bound(side, row);
}

void ck_keep_hits(const ck_side *side, ck_hits *hits) {
    enum { rows_ahead = 16, entries_ahead = 8 };
    const ck_reservoir *reservoir = &side->reservoir;
    for (size_t h = 0; h < hits->count; h++) {
        if (h + rows_ahead < hits->count) __builtin_prefetch(reservoir->rows + hits->hits[h + rows_ahead].row, 1);
        if (h + entries_ahead < hits->count) {
            const size_t row = hits->hits[h + entries_ahead].row;
            __builtin_prefetch(reservoir->entries + row * reservoir->capacity + reservoir->rows[row].count, 1);
        }
        const ck_hit hit = hits->hits[h];
        ck_reservoir_row *state = reservoir->rows + hit.row;
        if (hit.entry < state->least) continue;
        reservoir->entries[hit.row * reservoir->capacity + state->count++] = hit.entry;
        if (state->count == reservoir->capacity) shrink(side, hit.row, hit.slot);
    }
    hits->count = 0;
}

size_t ck_drain_reservoir(ck_reservoir reservoir, int32_t *counts, int32_t *indices, float *scores) {
    size_t total = 0;
    for (size_t r = 0; r < reservoir.count; r++) {
        uint64_t *entries = reservoir.entries + r * reservoir.capacity;
        ck_reservoir_row *row = reservoir.rows + r;
        if (row->count > reservoir.k) {
            select_greatest(entries, row->count, reservoir.k);
            row->count = reservoir.k;
            row->least = entries[reservoir.k - 1] + 1;
        }
        sort_descending(entries, row->count);
        for (size_t i = 0; i < row->count; i++) {
            indices[total + i] = ck_entry_index(entries[i]);
            scores[total + i] = ck_entry_score(entries[i]);
        }
        counts[r] = (int32_t)row->count;
        total += row->count;
    }
    return total;
}

// MARK: Search

static void set_bounds(const ck_side *side) {
    for (size_t r = 0; r < side->reservoir.count; r++) side->reservoir.bounds[r] = ck_bound(side, r);
}

void ck_search(
    ck_packed_rows left, ck_packed_rows right, ck_reservoir left_reservoir, ck_reservoir right_reservoir,
    ck_search_form form, float *copies, ck_instruction_set set) {
    set_bounds(&(ck_side){left_reservoir, left.bases, right.first_index});
    if (form == ck_two_sided) set_bounds(&(ck_side){right_reservoir, right.bases, left.first_index});
    CK_DISPATCH(ck_search, set, (left, right, left_reservoir, right_reservoir, form, NULL, left.count, copies));
}

void ck_search_picked(
    ck_packed_rows left, const int32_t *picks, size_t count, ck_packed_rows right, ck_reservoir reservoir,
    ck_search_form form, float *copies, ck_instruction_set set) {
    const ck_side side = {reservoir, left.bases, right.first_index};
    for (size_t i = 0; i < count; i++) reservoir.bounds[i] = ck_bound(&side, (size_t)picks[i]);
    // Behind the last there are bounds of other picks, which a tile would stop for.
    for (size_t i = count; i < count + ck_tallest_tile - 1; i++) reservoir.bounds[i] = INFINITY;
    CK_DISPATCH(ck_search, set, (left, right, reservoir, reservoir, form, picks, count, copies));
}

// MARK: Lists

// Which indices a list has so far. One bit for many indices says that none of them is there; only when it is set must
// the list be looked through.
enum { seen_bits = 1 << 16 };
typedef struct {
    uint64_t words[seen_bits / 64];
} seen_indices;

static size_t seen_bit(int32_t index) { return (uint32_t)index * 0x9e3779b1u >> 16; }

static int has_seen(const seen_indices *seen, int32_t index, const int32_t *list, size_t count) {
    const size_t bit = seen_bit(index);
    if (!(seen->words[bit / 64] >> bit % 64 & 1)) return 0;
    int found = 0;
    for (size_t i = 0; i < count; i++) found |= list[i] == index;
    return found;
}

static void see(seen_indices *seen, int32_t index) { seen->words[seen_bit(index) / 64] |= 1ull << seen_bit(index) % 64; }

static void forget(seen_indices *seen, const int32_t *list, size_t count) {
    for (size_t i = 0; i < count; i++) seen->words[seen_bit(list[i]) / 64] = 0;
}

CK_BODY int precedes(float score, int32_t index, float other_score, int32_t other_index) {
    return score > other_score || (score == other_score && index < other_index);
}

size_t ck_merge_lists(
    ck_lists one, ck_lists other, size_t rows, size_t k, int32_t *counts, int32_t *indices, float *scores) {
    seen_indices seen = {{0}};
    size_t total = 0;
    for (size_t r = 0; r < rows; r++) {
        size_t a = 0, b = 0, count = 0;
        const size_t a_end = (size_t)one.counts[r], b_end = (size_t)other.counts[r];
        while (count < k && (a < a_end || b < b_end)) {
            const int takes_one =
                b == b_end
                || (a < a_end && precedes(one.scores[a], one.indices[a], other.scores[b], other.indices[b]));
            const int32_t index = takes_one ? one.indices[a] : other.indices[b];
            const float score = takes_one ? one.scores[a] : other.scores[b];
            a += (size_t)takes_one;
            b += (size_t)!takes_one;
            if (has_seen(&seen, index, indices + total, count)) continue;
            see(&seen, index);
            indices[total + count] = index;
            scores[total + count++] = score;
        }
        forget(&seen, indices + total, count);
        counts[r] = (int32_t)count;
        total += count;
        one.indices += a_end, one.scores += a_end;
        other.indices += b_end, other.scores += b_end;
    }
    return total;
}

static ck_list_fault check_list(
    seen_indices *seen, const int32_t *indices, const float *scores, size_t count, int32_t lowest, int32_t highest) {
    for (size_t i = 0; i < count; i++) {
        if (indices[i] < lowest || indices[i] > highest) return ck_list_index_out_of_range;
        if (isnan(scores[i]) || (scores[i] == 0 && signbit(scores[i]))) return ck_list_score_invalid;
        if (i > 0 && !precedes(scores[i - 1], indices[i - 1], scores[i], indices[i])) return ck_list_out_of_order;
        if (has_seen(seen, indices[i], indices, i)) return ck_list_index_twice;
        see(seen, indices[i]);
    }
    forget(seen, indices, count);
    return ck_list_sound;
}

ck_list_fault ck_check_lists(ck_lists lists, size_t rows, int32_t lowest, int32_t highest, size_t *row) {
    seen_indices seen = {{0}};
    for (size_t r = 0; r < rows; r++) {
        const size_t count = (size_t)lists.counts[r];
        const ck_list_fault fault = check_list(&seen, lists.indices, lists.scores, count, lowest, highest);
        if (fault != ck_list_sound) {
            *row = r;
            return fault;
        }
        lists.indices += count, lists.scores += count;
    }
    return ck_list_sound;
}
