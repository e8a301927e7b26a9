// What the instances of neighbor_tile.h share: entries, bounds, and adding to a reservoir.
#pragma once

#include "variants.h"

#include <math.h>
#include <string.h>

#define CK_SEARCH_PARAMETERS \
    (ck_packed_rows left, ck_packed_rows right, ck_reservoir left_reservoir, ck_reservoir right_reservoir, \
     ck_search_form form, const int32_t *picks, size_t picked, float *copies)

void ck_search_avx512 CK_SEARCH_PARAMETERS;
void ck_search_avx2 CK_SEARCH_PARAMETERS;
void ck_search_portable CK_SEARCH_PARAMETERS;

// Scores order like these numbers. The score is neither NaN nor −0.
CK_BODY uint32_t ck_score_order(float score) {
    uint32_t bits;
    memcpy(&bits, &score, sizeof bits);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

CK_BODY float ck_ordered_score(uint32_t order) {
    const uint32_t bits = order & 0x80000000u ? order & 0x7fffffffu : ~order;
    float score;
    memcpy(&score, &bits, sizeof score);
    return score;
}

CK_BODY uint64_t ck_entry(float score, int32_t index) {
    return (uint64_t)ck_score_order(score) << 32 | (uint32_t)~index;
}

CK_BODY float ck_entry_score(uint64_t entry) { return ck_ordered_score((uint32_t)(entry >> 32)); }
CK_BODY int32_t ck_entry_index(uint64_t entry) { return (int32_t)~(uint32_t)entry; }

// One side of a search: a block's reservoir, its bases, and the lowest index that the other block can add.
typedef struct {
    ck_reservoir reservoir;
    const float *bases;
    int32_t lowest_index;
} ck_side;

// What a dot product must reach before it is looked at, less the other row's base.
CK_BODY float ck_bound(const ck_side *side, size_t row) {
    const uint64_t least = side->reservoir.rows[row].least;
    const float threshold = ck_entry_score(least);
    if (side->bases) return 0.5f * threshold + side->bases[row];
    // Where no index that is still to come could win a tie, the score must be higher.
    const int can_tie = (uint32_t)~side->lowest_index >= (uint32_t)least;
    return can_tie ? threshold : nextafterf(threshold, INFINITY);
}

// An entry on its way to the reservoir of a row, whose bound is the one at `slot`.
typedef struct {
    uint64_t entry;
    uint32_t row, slot;
} ck_hit;

// Hits of several tiles wait here for their reservoirs, which are larger than the caches: the places of many are fetched
// at once, and the search does not stop for any of them.
enum { ck_waiting_hits = 128, ck_tile_hits = ck_tallest_tile * 32 };
typedef struct {
    ck_hit hits[ck_waiting_hits + ck_tile_hits];
    size_t count;
} ck_hits;

// Moves hits to their reservoirs, those that are still good enough.
void ck_keep_hits(const ck_side *side, ck_hits *hits);
