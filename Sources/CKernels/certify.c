// What the kernels propose is made certain: where their scores leave a label open, scores in double decide it.
#include "assign.h"
#include "exact_scores.h"

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

typedef ck_floats16 scores;
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
    proposal.score = ck_least_of_lanes(&best);
    const columns16 is_least = best == (scores)(proposal.score);
    proposal.label = __builtin_reduce_min(is_least ? found : (columns16)(INT32_MAX));
    const columns16 is_winner = is_least & (found == (columns16)(proposal.label));
    const scores others = is_winner ? second : best;
    proposal.runner = ck_least_of_lanes(&others);
    return proposal;
}

CK_BODY size_t certify_body(
    const ck_picked *rows, const ck_centroids *centroids, const ck_workspace *workspace, int32_t lanes,
    int32_t *labels, double *gaps) {
    size_t rechecked = 0;
    for (size_t r = 0; r < rows->count; r++) {
        const ck_proposal proposal = read_proposal(workspace, r);
        labels[r] = proposal.label;
        const double margin = row_margin(centroids, workspace->squares[r]);
        const double slack = centroids->margins[proposal.label] + 2.0 * margin;
        const double gap = (double)proposal.runner - (double)proposal.score - slack;
        gaps[r] = gap > 0 ? gap : 0;
        if (gap > 0) continue;
        rechecked += 1;
        const size_t place = r * ck_widest_vector;
        const size_t count = gather_candidates(
            workspace->best_scores + place, workspace->second_scores + place, workspace->best_columns + place, lanes,
            (double)proposal.score + slack, centroids->clusters, workspace->candidates);
        labels[r] = choose_exactly(&rows->rows, ck_picked_row(rows, r), centroids, workspace->candidates, count);
    }
    return rechecked;
}

#define CERTIFY_PARAMETERS \
    (const ck_picked *rows, const ck_centroids *centroids, const ck_workspace *workspace, int32_t lanes, \
     int32_t *labels, double *gaps, size_t *rechecked)
#define CERTIFY_ARGUMENTS (rows, centroids, workspace, lanes, labels, gaps, rechecked)

CK_BODY void count_certified_body CERTIFY_PARAMETERS {
    *rechecked = certify_body(rows, centroids, workspace, lanes, labels, gaps);
}

CK_VARIANTS(count_certified, CERTIFY_PARAMETERS, CERTIFY_ARGUMENTS)

size_t ck_certify(
    ck_picked rows, ck_centroids centroids, ck_workspace workspace, int32_t lanes, int32_t *labels, double *gaps,
    ck_instruction_set set) {
    size_t rechecked = 0;
    CK_DISPATCH(count_certified, set, (&rows, &centroids, &workspace, lanes, labels, gaps, &rechecked));
    return rechecked;
}

// Rows ahead that are asked for: they come from memory, and the processor's own foresight ends at a page.
enum { rows_ahead = 4 };

CK_BODY void score_labelled_body(ck_picked rows, ck_centroids centroids, const int32_t *labels, double *scores) {
    const size_t row_bytes = rows.rows.columns * (rows.rows.values ? sizeof(float) : sizeof(double));
    const char *start = rows.rows.values ? (const char *)rows.rows.values : (const char *)rows.rows.wide;
    for (size_t i = 0; i < rows.count; i++) {
        const size_t row = ck_picked_row(&rows, i);
        if (i + rows_ahead < rows.count) ck_fetch(start + ck_picked_row(&rows, i + rows_ahead) * row_bytes, row_bytes);
        const float *centre = centroids.values + (size_t)labels[row] * centroids.columns;
        score_row(1, &rows.rows, row, &centroids, &centre, scores + row);
        if (rows.rows.factors && centroids.is_cosine) scores[row] *= rows.rows.factors[row];
    }
}

CK_VARIANTS(
    score_labelled, (ck_picked rows, ck_centroids centroids, const int32_t *labels, double *scores),
    (rows, centroids, labels, scores))

void ck_score_labelled(
    ck_picked rows, ck_centroids centroids, const int32_t *labels, double *scores, ck_instruction_set set) {
    CK_DISPATCH(score_labelled, set, (rows, centroids, labels, scores));
}
