#include "interpose.h"
