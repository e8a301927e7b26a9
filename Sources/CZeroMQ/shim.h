#pragma once
#include <zmq.h>
// The Glibc overlay has no eventfd.
#include <sys/eventfd.h>
