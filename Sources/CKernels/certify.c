// What the kernels propose is made certain: where their scores leave a label open, scores in double decide it.
#include "assign.h"

#include <math.h>

enum { centroids_at_once = 4 };  // independent chains of additions, so that one's latency hides behind the others

// Scores of one row against `number` centroids; less is better. `wide` says which of the row's forms is there.
CK_BODY void score_exactly(
    const int number, const int is_cosine, const float *values, const double *wide, size_t columns,
    const float *const *c, double *scores) {
    ck_lanes sum[centroids_at_once];
    for (int k = 0; k < number; k++) sum[k] = (ck_lanes)(0.0);
    const size_t whole = columns & ~(size_t)7;
    for (size_t e = 0; e < whole; e += 8) {
        const ck_lanes x = wide ? CK_LOAD8_WIDE(wide + e) : CK_WIDEN8(CK_LOAD8(values + e));
        for (int k = 0; k < number; k++) {
            const ck_lanes centre = CK_WIDEN8(CK_LOAD8(c[k] + e));
            const ck_lanes difference = x - centre;
            sum[k] += is_cosine ? x * centre : difference * difference;
        }
    }
    for (int k = 0; k < number; k++) {
        double lane[8];
        for (int l = 0; l < 8; l++) lane[l] = sum[k][l];
        for (size_t e = whole; e < columns; e++) {
            const double x = wide ? wide[e] : (double)values[e], centre = c[k][e];
            lane[e - whole] += is_cosine ? x * centre : (x - centre) * (x - centre);
        }
        scores[k] = is_cosine ? -ck_sum_lanes(lane) : ck_sum_lanes(lane);
    }
}

CK_BODY void score_row(
    const int number, const ck_rows *rows, size_t row, const ck_centroids *centroids, const float *const *c,
    double *scores) {
    const size_t columns = rows->columns;
    const float *values = rows->values ? rows->values + row * columns : 0;
    const double *wide = rows->values ? 0 : rows->wide + row * columns;
    if (values && centroids->is_cosine)
        score_exactly(number, 1, values, 0, columns, c, scores);
    else if (values)
        score_exactly(number, 0, values, 0, columns, c, scores);
    else
        score_exactly(number, centroids->is_cosine, 0, wide, columns, c, scores);
}

// The best of some centroids for a row, ties to the lowest.
CK_BODY int32_t choose_exactly(
    const ck_rows *rows, size_t row, const ck_centroids *centroids, const int32_t *candidates, size_t count) {
    double least = INFINITY;
    int32_t label = INT32_MAX;
    for (size_t i = 0; i < count; i += centroids_at_once) {
        const size_t number = count - i < centroids_at_once ? count - i : centroids_at_once;
        const float *c[centroids_at_once];
        double scores[centroids_at_once];
        for (size_t k = 0; k < number; k++) c[k] = centroids->values + (size_t)candidates[i + k] * centroids->columns;
        if (number == centroids_at_once)
            score_row(centroids_at_once, rows, row, centroids, c, scores);
        else
            for (size_t k = 0; k < number; k++) score_row(1, rows, row, centroids, c + k, scores + k);
        for (size_t k = 0; k < number; k++)
            if (scores[k] < least || (scores[k] == least && candidates[i + k] < label)) {
                least = scores[k];
                label = candidates[i + k];
            }
    }
    return label;
}

// The centroids whose score may be below the limit. Of a lane only the best is known by name: where its second best may
// be among them too, all of the lane are. A comparison with NaN is false, so that nothing is left out for it.
CK_BODY size_t gather_candidates(
    const float *best, const float *second, const int32_t *found, int32_t lanes, double limit, size_t clusters,
    int32_t *candidates) {
    size_t count = 0;
    for (int32_t l = 0; l < lanes; l++) {
        if (best[l] > limit) continue;
        if (second[l] > limit)
            candidates[count++] = found[l];
        else
            for (size_t j = (size_t)l; j < clusters; j += (size_t)lanes) candidates[count++] = (int32_t)j;
    }
    return count;
}

CK_BODY double row_margin(const ck_centroids *centroids, double square) {
    const double reach = 2.1 * sqrt(square) + 2.0 * centroids->origin_norm;
    // Beyond, a float32 product could overflow.
    if (!(square <= 0x1p124)) return NAN;
    return centroids->square_margin * square + centroids->tail_margin * reach * reach + centroids->least_margin;
}

typedef float scores __attribute__((ext_vector_type(ck_widest_vector)));
typedef float scores_unaligned __attribute__((ext_vector_type(ck_widest_vector), aligned(4)));
typedef int32_t columns16 __attribute__((ext_vector_type(ck_widest_vector)));
typedef int32_t columns16_unaligned __attribute__((ext_vector_type(ck_widest_vector), aligned(4)));

// The label that a row's scores propose, its score, and the least score of another centroid. Lanes without centroids hold
// infinities; scores that tie leave no distance between the two.
typedef struct {
    float score, runner;
    int32_t label;
} ck_proposal;

CK_BODY ck_proposal read_proposal(const ck_workspace *workspace, size_t row) {
    const size_t place = row * ck_widest_vector;
    const scores best = *(const scores_unaligned *)(workspace->best_scores + place);
    const scores second = *(const scores_unaligned *)(workspace->second_scores + place);
    const columns16 found = *(const columns16_unaligned *)(workspace->best_columns + place);
    ck_proposal proposal;
    proposal.score = __builtin_reduce_min(best);
    const columns16 is_least = best == (scores)(proposal.score);
    proposal.label = __builtin_reduce_min(is_least ? found : (columns16)(INT32_MAX));
    const columns16 is_winner = is_least & (found == (columns16)(proposal.label));
    proposal.runner = __builtin_reduce_min(is_winner ? second : best);
    return proposal;
}

CK_BODY size_t certify_body(
    const ck_rows *rows, const ck_centroids *centroids, const ck_workspace *workspace, int32_t lanes,
    int32_t *labels) {
    size_t rechecked = 0;
    for (size_t r = 0; r < rows->count; r++) {
        const ck_proposal proposal = read_proposal(workspace, r);
        labels[r] = proposal.label;
        const double margin = row_margin(centroids, workspace->squares[r]);
        const double slack = centroids->margins[proposal.label] + 2.0 * margin;
        if ((double)proposal.runner - (double)proposal.score > slack) continue;
        rechecked += 1;
        const size_t place = r * ck_widest_vector;
        const size_t count = gather_candidates(
            workspace->best_scores + place, workspace->second_scores + place, workspace->best_columns + place, lanes,
            (double)proposal.score + slack, centroids->clusters, workspace->candidates);
        labels[r] = choose_exactly(rows, r, centroids, workspace->candidates, count);
    }
    return rechecked;
}

#define CERTIFY_PARAMETERS \
    (const ck_rows *rows, const ck_centroids *centroids, const ck_workspace *workspace, int32_t lanes, \
     int32_t *labels, size_t *rechecked)
#define CERTIFY_ARGUMENTS (rows, centroids, workspace, lanes, labels, rechecked)

CK_BODY void count_certified_body CERTIFY_PARAMETERS {
    *rechecked = certify_body(rows, centroids, workspace, lanes, labels);
}

CK_VARIANTS(count_certified, CERTIFY_PARAMETERS, CERTIFY_ARGUMENTS)

size_t ck_certify(
    ck_rows rows, ck_centroids centroids, ck_workspace workspace, int32_t lanes, int32_t *labels,
    ck_instruction_set set) {
    size_t rechecked = 0;
    CK_DISPATCH(count_certified, set, (&rows, &centroids, &workspace, lanes, labels, &rechecked));
    return rechecked;
}
