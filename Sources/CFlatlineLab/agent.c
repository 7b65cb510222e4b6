#include "CFlatlineLab.h"
