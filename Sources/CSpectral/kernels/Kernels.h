/// All kernels of one instruction set. The file that includes this defines LANES, the block of
/// registers (ROW_BLOCK rows of COLUMN_BLOCK vectors), TABLE and NAME.

#include "Lanes.h"

#include "Activations.h"
#include "Butterflies.h"
#include "Limit.h"
#include "Optimiser.h"
#include "Pooling.h"
#include "Products.h"
#include "Transform.h"

#include "ForwardTransform.h"
#include "InverseTransform.h"

#include "Slabs.h"
#include "WeightTransform.h"
#include "GradientTransform.h"

#ifdef TILE_PRODUCTS
#include "TileParts.h"
#include "TileProducts.h"
#include "TileWeights.h"
#include "TileChoice.h"
#endif

const cspectral_kernels TABLE = {
  .name = NAME,
  .forward_tiles = forward_tiles,
  .inverse_tiles_activate = inverse_tiles_activate,
  .inverse_tiles_add = inverse_tiles_add,
#ifdef TILE_PRODUCTS
  .weight_count = weight_count,
  .product_scratch = product_scratch,
  .multiply = multiply,
  .multiply_backward = multiply_backward,
  .weights_to_frequency = weights_to_frequency,
#else
  .weight_count = plane_count,
  .product_scratch = plane_scratch,
  .multiply = multiply_planes,
  .multiply_backward = multiply_planes_backward,
  .weights_to_frequency = weights_to_planes,
#endif
  .gradient_from_frequency = gradient_from_frequency,
  .matrix = matrix,
  .activate = activate,
  .apply_mask = apply_mask,
  .activation_gradient = activation_gradient,
  .pool = pool,
  .pool_gradient = pool_gradient,
  .global_maximum = global_maximum,
  .add_scaled = add_scaled,
  .add_rows = add_rows,
  .dot = dot,
  .adam = adam,
  .sum_of_squares = sum_of_squares,
  .multiply_adds = multiply_adds,
};
