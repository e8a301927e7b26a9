// The search for labels among heads: what their products cannot rule out is multiplied in whole length, first in 16 bits
// and then in float32, and what that leaves open is decided in double. PrunedLabels in the documentation of Tensors proves
// that no label is lost.
#include "exact_scores.h"
#include "shorten.h"

enum { filter_lanes = ck_widest_vector };
typedef ck_floats16 floats16;
typedef float floats16_unaligned __attribute__((ext_vector_type(filter_lanes), aligned(4)));
typedef int32_t integers16 __attribute__((ext_vector_type(filter_lanes)));
typedef int32_t integers16_unaligned __attribute__((ext_vector_type(filter_lanes), aligned(4)));
typedef _Bool flags16 __attribute__((ext_vector_type(filter_lanes)));

#define LOAD16(pointer) (*(const floats16_unaligned *)(pointer))

// In float32, over 16 lanes, in any order.
CK_BODY float dot_product(const float *a, const float *b, size_t columns) {
    enum { chains = 4 };
    floats16 sum[chains];
    for (int k = 0; k < chains; k++) sum[k] = (floats16)(0.0f);
    size_t e = 0;
    for (; e + chains * filter_lanes <= columns; e += chains * filter_lanes)
        for (int k = 0; k < chains; k++) {
            const size_t place = e + (size_t)k * filter_lanes;
            sum[k] = __builtin_elementwise_fma(LOAD16(a + place), LOAD16(b + place), sum[k]);
        }
    for (; e + filter_lanes <= columns; e += filter_lanes)
        sum[0] = __builtin_elementwise_fma(LOAD16(a + e), LOAD16(b + e), sum[0]);
    float rest = 0;
    for (; e < columns; e++) rest = __builtin_elementwise_fma(a[e], b[e], rest);
    const floats16 total = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    const ck_floats8 eight = total.lo + total.hi;
    const ck_floats4 four = eight.lo + eight.hi;
    return ((four[0] + four[2]) + (four[1] + four[3])) + rest;
}

// What one row's search works with.
typedef struct {
    const ck_centroids *centroids;
    const ck_filter *filter;
    const float *row;  // shifted
    float unit, tail;  // of its head
    int16_t *whole;    // the row shortened, where the standing has its unit
    ck_standing *standing;
    int32_t *kept;
    float *kept_scores;
} row_search;

CK_BODY row_search search_of(
    size_t row, const ck_centroids *centroids, const ck_workspace *workspace, const ck_filter *filter) {
    return (row_search){
        centroids,
        filter,
        workspace->rows + row * ck_row_stride(centroids->columns),
        filter->row_units[row],
        filter->row_tails[row],
        filter->row_whole + row * ck_short_stride(centroids->columns),
        filter->standings + row,
        filter->kept + row * ck_kept_candidates,
        filter->kept_scores + row * ck_kept_candidates,
    };
}

CK_BODY float score_in_float(const row_search *search, int32_t centroid) {
    const size_t columns = search->centroids->columns;
    const float *b = search->filter->shifted + (size_t)centroid * ck_row_stride(columns);
    return search->centroids->bases[centroid] - dot_product(search->row, b, columns);
}

// Takes what the limit rules out off the list.
CK_BODY void sift(const row_search *search) {
    ck_standing *standing = search->standing;
    if (standing->kept > ck_kept_candidates) return;
    int32_t left = 0;
    for (int32_t i = 0; i < standing->kept; i++) {
        if ((double)search->kept_scores[i] > standing->limit) continue;
        search->kept[left] = search->kept[i];
        search->kept_scores[left++] = search->kept_scores[i];
    }
    standing->kept = left;
}

CK_BODY void keep(const row_search *search, int32_t centroid, float score) {
    ck_standing *standing = search->standing;
    if (standing->kept == ck_kept_candidates) sift(search);
    if (standing->kept >= ck_kept_candidates) {
        standing->kept = ck_kept_candidates + 1;
        return;
    }
    search->kept[standing->kept] = centroid;
    search->kept_scores[standing->kept++] = score;
}

// A comparison with NaN is false, and rules nothing out.
CK_BODY void consider(const row_search *search, int32_t centroid) {
    ck_standing *standing = search->standing;
    const float score = score_in_float(search, centroid);
    const double limit = (double)score + search->centroids->margins[centroid] + 2 * standing->margin;
    if (limit < standing->limit) standing->limit = limit;
    if (standing->label < 0 || score < standing->score) {
        if (standing->label >= 0 && standing->score < standing->runner) standing->runner = standing->score;
        standing->score = score;
        standing->label = centroid;
    } else if (score < standing->runner) {
        standing->runner = score;
    }
    if (!((double)score > standing->limit)) keep(search, centroid, score);
}

CK_BODY void begin_filter_body(
    size_t count, const int32_t *labels, const ck_centroids *centroids, const ck_workspace *workspace,
    const ck_filter *filter) {
    for (size_t r = 0; r < count; r++) {
        const double margin = row_margin(centroids, workspace->squares[r]);
        filter->standings[r] = (ck_standing){margin == margin ? INFINITY : NAN, margin, INFINITY, INFINITY, -1, 0, -1, 0};
        const row_search search = search_of(r, centroids, workspace, filter);
        if (labels[r] >= 0) consider(&search, labels[r]);
    }
}

// What the score of a centroid is at least, for 16 of them.
CK_BODY void least_scores(const row_search *search, const int32_t *dots, size_t first, floats16 *scores) {
    const ck_filter *filter = search->filter;
    const integers16 products = *(const integers16_unaligned *)dots;
    const floats16 inside =
        __builtin_convertvector(products, floats16) * (LOAD16(filter->units + first) * (floats16)(search->unit));
    const floats16 outside = LOAD16(filter->tails + first) * (floats16)(search->tail);
    *scores = LOAD16(search->centroids->bases + first) - (inside + outside);
}

// NaN stays NaN.
CK_BODY float rounded_up(double limit) {
    const float near = (float)limit;
    return (double)near < limit ? nextafterf(near, INFINITY) : near;
}

// A row without a label so far begins with the centroid that its head likes best.
CK_BODY void begin_unlabelled(const row_search *search, const int32_t *dots, size_t first, size_t width) {
    floats16 best = (floats16)(INFINITY);
    integers16 found = (integers16)((int32_t)first), index;
    for (int l = 0; l < filter_lanes; l++) index[l] = (int32_t)first + l;
    for (size_t j = 0; j < width; j += filter_lanes, index += (integers16)(filter_lanes)) {
        floats16 least;
        least_scores(search, dots + j, first + j, &least);
        const integers16 is_lower = least < best;
        best = is_lower ? least : best;
        found = is_lower ? index : found;
    }
    int32_t centroid = found[0];
    float least = best[0];
    for (int l = 1; l < filter_lanes; l++)
        if (best[l] < least) {
            least = best[l];
            centroid = found[l];
        }
    consider(search, centroid);
}

enum { listed_at_once = 256, centroids_ahead = 2 };

// Which of `width` centroids, no more than listed_at_once, the heads do not rule out; and the least score of the others.
CK_BODY size_t list_candidates(
    const row_search *search, const int32_t *dots, size_t first, size_t width, int32_t *list, float *least_of_others) {
    const floats16 limit = (floats16)(rounded_up(search->standing->limit));
    floats16 others = (floats16)(INFINITY);
    size_t count = 0;
    for (size_t j = 0; j < width; j += filter_lanes) {
        floats16 least;
        least_scores(search, dots + j, first + j, &least);
        const integers16 is_out = least > limit;
        const floats16 outer = is_out ? least : (floats16)(INFINITY);
        others = outer < others ? outer : others;
        const flags16 flags = __builtin_convertvector(~is_out, flags16);
        uint16_t left;
        memcpy(&left, &flags, sizeof left);
        for (; left; left &= (uint16_t)(left - 1)) list[count++] = (int32_t)(first + j) + __builtin_ctz(left);
    }
    *least_of_others = ck_least_of_lanes(&others);
    return count;
}

CK_BODY void fetch_centroid(const row_search *search, int32_t centroid) {
    const size_t stride = ck_short_stride(search->centroids->columns);
    ck_fetch(search->filter->whole + (size_t)centroid * stride, stride * sizeof(int16_t));
}

CK_BODY int32_t short_product(const int16_t *a, const int16_t *b, size_t columns) {
    int32_t sum = 0;
    for (size_t e = 0; e < columns; e++) sum += (int32_t)a[e] * (int32_t)b[e];
    return sum;
}

// Whether products in 16 bits rule a centroid out.
CK_BODY int is_ruled_out(const row_search *search, float square, int32_t centroid) {
    ck_standing *standing = search->standing;
    const ck_filter *filter = search->filter;
    const size_t columns = search->centroids->columns, stride = ck_short_stride(columns);
    if (standing->unit < 0) shorten_row(search->row, square, columns, search->whole, &standing->unit, &standing->tail);
    const int32_t product = short_product(search->whole, filter->whole + (size_t)centroid * stride, stride);
    const float inside = (float)product * (standing->unit * filter->whole_units[centroid]);
    const float least =
        search->centroids->bases[centroid] - (inside + standing->tail * filter->whole_tails[centroid]);
    if (!((double)least > standing->limit)) return 0;
    if (least < standing->runner) standing->runner = least;
    return 1;
}

CK_BODY size_t filter_row(
    const row_search *search, float square, const int32_t *dots, size_t first, size_t width) {
    ck_standing *standing = search->standing;
    size_t multiplied = 0;
    if (standing->label < 0) {
        begin_unlabelled(search, dots, first, width);
        multiplied += 1;
    }
    const int32_t begun = standing->label, clusters = (int32_t)search->centroids->clusters;
    int32_t list[listed_at_once];
    float least_of_others;
    const size_t count = list_candidates(search, dots, first, width, list, &least_of_others);
    if (least_of_others < standing->runner) standing->runner = least_of_others;
    for (size_t i = 0; i < count; i++) {
        if (i + centroids_ahead < count && list[i + centroids_ahead] < clusters)
            fetch_centroid(search, list[i + centroids_ahead]);
        if (list[i] == begun || list[i] >= clusters) continue;
        multiplied += 1;
        if (!is_ruled_out(search, square, list[i])) consider(search, list[i]);
    }
    return multiplied;
}

#define FILTER_PARAMETERS \
    (size_t count, const int32_t *dots, size_t first, size_t width, const ck_centroids *centroids, \
     const ck_workspace *workspace, const ck_filter *filter, size_t *multiplied)
#define FILTER_ARGUMENTS (count, dots, first, width, centroids, workspace, filter, multiplied)

CK_BODY void filter_columns_body FILTER_PARAMETERS {
    for (size_t r = 0; r < count; r++) {
        const row_search search = search_of(r, centroids, workspace, filter);
        for (size_t j = 0; j < width; j += listed_at_once) {
            const size_t part = width - j < listed_at_once ? width - j : listed_at_once;
            *multiplied += filter_row(&search, workspace->squares[r], dots + r * width + j, first + j, part);
        }
    }
}

// All centroids that products in whole length do not rule out.
CK_BODY size_t gather_all(const row_search *search, int32_t *candidates) {
    size_t count = 0;
    for (int32_t j = 0; j < (int32_t)search->centroids->clusters; j++)
        if (!((double)score_in_float(search, j) > search->standing->limit)) candidates[count++] = j;
    return count;
}

#define END_PARAMETERS \
    (const ck_picked *rows, const ck_centroids *centroids, const ck_workspace *workspace, const ck_filter *filter, \
     int32_t *labels, double *gaps, size_t *rechecked)
#define END_ARGUMENTS (rows, centroids, workspace, filter, labels, gaps, rechecked)

CK_BODY void end_filter_body END_PARAMETERS {
    for (size_t r = 0; r < rows->count; r++) {
        const row_search search = search_of(r, centroids, workspace, filter);
        const ck_standing *standing = search.standing;
        sift(&search);
        if (standing->kept == 1) {
            labels[r] = search.kept[0];
            const double most = (double)standing->score + centroids->margins[standing->label] + 2 * standing->margin;
            const double gap = (double)standing->runner - most;
            gaps[r] = gap > 0 && labels[r] == standing->label ? gap : 0;
            continue;
        }
        *rechecked += 1;
        gaps[r] = 0;
        const int is_whole = standing->kept <= ck_kept_candidates;
        const size_t count = is_whole ? (size_t)standing->kept : gather_all(&search, workspace->candidates);
        const int32_t *candidates = is_whole ? search.kept : workspace->candidates;
        labels[r] = choose_exactly(&rows->rows, ck_picked_row(rows, r), centroids, candidates, count);
    }
}

CK_VARIANTS(
    begin_filter,
    (size_t count, const int32_t *labels, const ck_centroids *centroids, const ck_workspace *workspace,
     const ck_filter *filter),
    (count, labels, centroids, workspace, filter))
CK_VARIANTS(filter_columns, FILTER_PARAMETERS, FILTER_ARGUMENTS)
CK_VARIANTS(end_filter, END_PARAMETERS, END_ARGUMENTS)

void ck_begin_filter(
    size_t count, const int32_t *labels, ck_centroids centroids, ck_workspace workspace, ck_filter filter,
    ck_instruction_set set) {
    CK_DISPATCH(begin_filter, set, (count, labels, &centroids, &workspace, &filter));
}

size_t ck_filter_columns(
    size_t count, const int32_t *dots, size_t first, size_t width, ck_centroids centroids, ck_workspace workspace,
    ck_filter filter, ck_instruction_set set) {
    size_t multiplied = 0;
    CK_DISPATCH(filter_columns, set, (count, dots, first, width, &centroids, &workspace, &filter, &multiplied));
    return multiplied;
}

size_t ck_end_filter(
    ck_picked rows, ck_centroids centroids, ck_workspace workspace, ck_filter filter, int32_t *labels, double *gaps,
    ck_instruction_set set) {
    size_t rechecked = 0;
    CK_DISPATCH(end_filter, set, (&rows, &centroids, &workspace, &filter, labels, gaps, &rechecked));
    return rechecked;
}
