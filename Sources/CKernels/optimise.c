// Optimiser steps and plain sums, element by element.
#include "variants.h"

#include <math.h>

CK_BODY void adam_body(
    const float *restrict parameters, float *restrict updated, float *restrict means, float *restrict squares,
    const float *restrict slopes, size_t count, ck_adam_step step) {
    const float kept_mean = 1.0f - step.beta1, kept_square = 1.0f - step.beta2;
    for (size_t i = 0; i < count; i++) {
        const float decay = step.weight_decay * parameters[i];
        const float slope = slopes[i] + decay;
        const float old_mean = step.beta1 * means[i], new_mean = kept_mean * slope;
        const float mean = old_mean + new_mean;
        const float old_square = step.beta2 * squares[i], new_square = kept_square * slope * slope;
        const float square = old_square + new_square;
        means[i] = mean;
        squares[i] = square;
        const float root = __builtin_sqrtf(square) * step.square_scale;
        updated[i] = parameters[i] - step.rate * (mean / (root + step.epsilon));
    }
}

CK_BODY void momentum_body(
    float *restrict parameters, float *restrict velocities, const float *restrict slopes, size_t count, float rate,
    float momentum, float weight_decay) {
    for (size_t i = 0; i < count; i++) {
        const float decay = weight_decay * parameters[i], slope = slopes[i] + decay, kept = momentum * velocities[i];
        const float velocity = kept + slope, change = rate * velocity;
        velocities[i] = velocity;
        parameters[i] -= change;
    }
}

CK_BODY void add_floats_body(float *restrict sums, const float *restrict values, size_t count) {
    for (size_t i = 0; i < count; i++) sums[i] += values[i];
}

CK_BODY void add_doubles_body(double *restrict sums, const double *restrict values, size_t count) {
    for (size_t i = 0; i < count; i++) sums[i] += values[i];
}

CK_VARIANTS(
    adam,
    (const float *parameters, float *updated, float *means, float *squares, const float *slopes, size_t count,
     ck_adam_step step),
    (parameters, updated, means, squares, slopes, count, step))
CK_VARIANTS(
    momentum,
    (float *parameters, float *velocities, const float *slopes, size_t count, float rate, float momentum,
     float weight_decay),
    (parameters, velocities, slopes, count, rate, momentum, weight_decay))
CK_VARIANTS(add_floats, (float *sums, const float *values, size_t count), (sums, values, count))
CK_VARIANTS(add_doubles, (double *sums, const double *values, size_t count), (sums, values, count))

void ck_adam(
    const float *parameters, float *updated, float *means, float *squares, const float *slopes, size_t count,
    ck_adam_step step, ck_instruction_set set) {
    CK_DISPATCH(adam, set, (parameters, updated, means, squares, slopes, count, step));
}

void ck_momentum(
    float *parameters, float *velocities, const float *slopes, size_t count, float rate, float momentum,
    float weight_decay, ck_instruction_set set) {
    CK_DISPATCH(momentum, set, (parameters, velocities, slopes, count, rate, momentum, weight_decay));
}

void ck_add_floats(float *sums, const float *values, size_t count, ck_instruction_set set) {
    CK_DISPATCH(add_floats, set, (sums, values, count));
}

void ck_add_doubles(double *sums, const double *values, size_t count, ck_instruction_set set) {
    CK_DISPATCH(add_doubles, set, (sums, values, count));
}
