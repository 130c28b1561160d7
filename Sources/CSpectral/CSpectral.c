#include "CSpectral.h"
