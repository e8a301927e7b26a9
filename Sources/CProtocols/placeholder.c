#include <protobuf-c/protobuf-c.h>
#include "placeholder.h"
