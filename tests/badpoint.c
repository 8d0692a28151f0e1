#include "hex.h"

#include "badpoint.h"
#include "vec.h"

static const char *const points[] = {
	/* The identity; G with the highest bit. */
	"0000000000000000000000000000000000000000000000000000000000000000",
	"e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2df6",
	/* Not canonical. */
	"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	/* Negative. */
	"0100000000000000000000000000000000000000000000000000000000000000",
	"01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
	"c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562",
	/* The square root does not exist. */
	"26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
	"4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
	"bcab477be20861e01e4a0e295284146a510150d9817763caf1a6f4b422d67042",
	/* x y would be negative. */
	"3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
	"a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220",
	"445425117cb8c90edcbc7c1cc0e74f747f2c1efa5630a967c64f287792a48a4b",
	/* y would be zero. */
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	/* -G's encoding in the curve it comes from: 4/5 and the sign. */
	"58666666666666666666666666666666666666666666666666666666666666e6",
};

static const char *const scalars[] = {
	"edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
	"eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
	"00000000000000000000000000000000000000000000000000000000000000f0",
	"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

int
badpoint(size_t i, struct point *out)
{
	if (i >= sizeof(points) / sizeof(points[0]))
		return 0;
	assert_int_equal(
	    hex_decode(slice_str(points[i]), out->b, POINT_BYTES), OK);
	return 1;
}

int
badscalar(size_t i, struct scalar *out)
{
	if (i >= sizeof(scalars) / sizeof(scalars[0]))
		return 0;
	assert_int_equal(
	    hex_decode(slice_str(scalars[i]), out->b, SCALAR_BYTES), OK);
	return 1;
}

void
badscalar_plus_q(struct scalar *s)
{
	struct scalar q;
	unsigned carry = 0;
	size_t i;

	assert_true(badscalar(0, &q));
	for (i = 0; i < SCALAR_BYTES; i++) {
		carry += (unsigned)s->b[i] + q.b[i];
		s->b[i] = (uint8_t)carry;
		carry >>= 8;
	}
	assert_int_equal(carry, 0);
}
