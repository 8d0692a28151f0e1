#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "merkle.h"

#include "vec.h"

#define LEAVES 600

/* Leaf hashes, from which the slow definition computes any subtree. */
struct leaves {
	size_t n;
	struct hash h[LEAVES];
};

/* MTH of RFC 6962 2.1, as it stands there. */
static struct hash
mth(const struct hash *h, size_t n)
{
	struct hash l, r, out;
	size_t k = 1;

	if (n == 0) {
		hash_empty(&out);
		return out;
	}
	if (n == 1)
		return h[0];
	while (k * 2 < n)
		k *= 2;
	l = mth(h, k);
	r = mth(h + k, n - k);
	hash_node(&l, &r, &out);
	return out;
}

static enum err
subtree(void *cookie, unsigned level, uint64_t index, struct hash *out)
{
	const struct leaves *t = cookie;
	uint64_t n = (uint64_t)1 << level;

	/* Only perfect subtrees within the tree may be asked for. */
	if ((index + 1) * n > t->n)
		return ERR_NOT_FOUND;
	*out = mth(t->h + index * n, (size_t)n);
	return OK;
}

static void
generated(struct leaves *t, size_t n)
{
	char text[32];

	for (t->n = 0; t->n < n; t->n++) {
		(void)snprintf(text, sizeof(text), "entry %zu", t->n);
		hash_leaf(slice_str(text), &t->h[t->n]);
	}
}

static void
assert_root(const struct leaves *t, size_t n, struct slice expect)
{
	struct merkle m = { 0 }, loaded = { 0 };
	struct leaves part = *t;
	struct hash root;
	size_t i;

	part.n = n;
	for (i = 0; i < n; i++)
		merkle_append(&m, &t->h[i]);
	merkle_root(&m, &root);
	assert_bytes(hash_slice(&root), expect);
	assert_int_equal(merkle_load(&loaded, n, subtree, &part), OK);
	merkle_root(&loaded, &root);
	assert_bytes(hash_slice(&root), expect);
	/* What is loaded grows like what was appended to. */
	merkle_append(&m, &t->h[0]);
	merkle_append(&loaded, &t->h[0]);
	merkle_root(&m, &root);
	merkle_root(&loaded, &part.h[0]);
	assert_true(hash_equal(&root, &part.h[0]));
}

static void
computes_the_roots_of_the_reference_tree(void **state)
{
	const json_t *root = vec_shared("merkle/roots.json"), *v;
	struct leaves t = { 0 };
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(root, "leaf_inputs"), i, v)
	{
		hash_leaf(vec_unhex(json_string_value(v)), &t.h[t.n]);
		assert_bytes(hash_slice(&t.h[t.n]),
		    vec_unhex(json_string_value(json_array_get(
			json_object_get(root, "leaf_hashes"), i))));
		t.n++;
	}
	json_array_foreach(json_object_get(root, "root_by_size"), i, v)
	    assert_root(&t, i, vec_unhex(json_string_value(v)));
	generated(&t, LEAVES);
	json_array_foreach(
	    json_object_get(json_object_get(root, "generated"), "roots"), i, v)
	    assert_root(&t, (size_t)vec_u64(v, "size"), vec_hex(v, "root"));
}

static void
assert_proof(const struct merkle_proof *p, const json_t *expect)
{
	const json_t *v;
	size_t i;

	assert_int_equal(p->n, json_array_size(expect));
	json_array_foreach(expect, i, v)
	    assert_bytes(hash_slice(&p->h[i]), vec_unhex(json_string_value(v)));
}

/* The proofs listed in ${list}, for the leaves of ${all}. */
static void
check_listed_proofs(const json_t *list, const struct leaves *all)
{
	struct merkle_proof p;
	struct leaves t = *all;
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(list, "inclusion"), i, v)
	{
		t.n = (size_t)vec_u64(v, "tree_size");
		assert_int_equal(
		    merkle_prove_inclusion(
			vec_u64(v, "leaf_index"), t.n, subtree, &t, &p),
		    OK);
		assert_proof(&p, json_object_get(v, "proof"));
	}
	json_array_foreach(json_object_get(list, "consistency"), i, v)
	{
		t.n = (size_t)vec_u64(v, "size2");
		assert_int_equal(merkle_prove_consistency(
				     vec_u64(v, "size1"), t.n, subtree, &t, &p),
		    OK);
		assert_proof(&p, json_object_get(v, "proof"));
	}
}

static void
builds_the_proofs_of_the_reference_tree(void **state)
{
	const json_t *root = vec_shared("merkle/roots.json"), *v;
	struct leaves t = { 0 };
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(root, "leaf_inputs"), i, v)
	    hash_leaf(vec_unhex(json_string_value(v)), &t.h[t.n++]);
	check_listed_proofs(root, &t);
	generated(&t, LEAVES);
	check_listed_proofs(json_object_get(root, "generated"), &t);
}

/* Some hashes of the reference cases have another length than all have here. */
static enum err
reference_hash(const char *hex, struct hash *out)
{
	struct slice s = vec_unhex(hex);

	if (s.n != HASH_BYTES)
		return ERR_FORMAT;
	memcpy(out->b, s.p, HASH_BYTES);
	return OK;
}

/*
 * One consistency case accepts roots that are none, because they are equal: a
 * hash stands for such a root.
 */
static void
reference_root(const char *hex, struct hash *out)
{
	if (reference_hash(hex, out) != OK)
		hash_bytes(slice_str(hex), out);
}

static enum err
reference_proof(const json_t *t, struct merkle_proof *p)
{
	const json_t *v;
	size_t i;

	p->n = 0;
	json_array_foreach(json_object_get(t, "proof"), i, v)
	{
		if (i == MERKLE_PROOF_MAX)
			return ERR_LIMIT;
		if (reference_hash(json_string_value(v), &p->h[p->n++]) != OK)
			return ERR_FORMAT;
	}
	return OK;
}

static void
judges_inclusion_like_the_reference(void **state)
{
	const json_t *t;
	struct merkle_proof p;
	struct hash leaf, root;
	size_t i;
	enum err r;

	(void)state;
	json_array_foreach(
	    vec_tests(vec_shared("merkle/inclusion_proofs.json")), i, t)
	{
		if ((r = reference_proof(t, &p)) == OK &&
		    (r = reference_hash(vec_str(t, "leafHash"), &leaf)) == OK &&
		    (r = reference_hash(vec_str(t, "root"), &root)) == OK)
			r = merkle_verify_inclusion(&leaf,
			    vec_u64(t, "leafIdx"), vec_u64(t, "treeSize"), &p,
			    &root);
		if ((r != OK) != json_is_true(json_object_get(t, "wantErr")))
			fail_msg("%s: %s", vec_str(t, "name"), err_str(r));
	}
}

static void
judges_consistency_like_the_reference(void **state)
{
	const json_t *t;
	struct merkle_proof p;
	struct hash a, b;
	size_t i;
	enum err r;

	(void)state;
	json_array_foreach(
	    vec_tests(vec_shared("merkle/consistency_proofs.json")), i, t)
	{
		reference_root(vec_str(t, "root1"), &a);
		reference_root(vec_str(t, "root2"), &b);
		if ((r = reference_proof(t, &p)) == OK)
			r = merkle_verify_consistency(vec_u64(t, "size1"),
			    vec_u64(t, "size2"), &p, &a, &b);
		if ((r != OK) != json_is_true(json_object_get(t, "wantErr")))
			fail_msg("%s: %s", vec_str(t, "name"), err_str(r));
	}
}

static void
every_leaf_of_small_trees_is_proven_and_no_other(void **state)
{
	struct leaves t;
	struct merkle_proof p;
	struct hash root;
	size_t n, i, j;

	(void)state;
	generated(&t, 40);
	for (n = 1; n <= 40; n++) {
		t.n = n;
		root = mth(t.h, n);
		for (i = 0; i < n; i++) {
			assert_int_equal(
			    merkle_prove_inclusion(i, n, subtree, &t, &p), OK);
			for (j = 0; j <= n; j++)
				assert_int_equal(merkle_verify_inclusion(
						     &t.h[i], j, n, &p, &root),
				    j == i ? OK : ERR_SIGNATURE);
			p.h[p.n++] = root;
			assert_int_equal(
			    merkle_verify_inclusion(&t.h[i], i, n, &p, &root),
			    ERR_SIGNATURE);
		}
		assert_int_equal(
		    merkle_prove_inclusion(n, n, subtree, &t, &p), ERR_LIMIT);
	}
}

static void
every_two_sizes_are_consistent_and_changed_ones_are_not(void **state)
{
	struct leaves t;
	struct merkle_proof p;
	struct hash a, b;
	size_t m, n, i;

	(void)state;
	generated(&t, 40);
	for (n = 1; n <= 40; n++) {
		for (m = 1; m <= n; m++) {
			t.n = n;
			a = mth(t.h, m);
			b = mth(t.h, n);
			assert_int_equal(
			    merkle_prove_consistency(m, n, subtree, &t, &p),
			    OK);
			assert_int_equal(
			    merkle_verify_consistency(m, n, &p, &a, &b), OK);
			for (i = 0; i < p.n; i++) {
				p.h[i].b[31] ^= 1;
				assert_int_equal(
				    merkle_verify_consistency(m, n, &p, &a, &b),
				    ERR_SIGNATURE);
				p.h[i].b[31] ^= 1;
			}
			a.b[0] ^= 1;
			assert_int_equal(
			    merkle_verify_consistency(m, n, &p, &a, &b),
			    ERR_SIGNATURE);
		}
	}
}

static enum err
any_subtree(void *cookie, unsigned level, uint64_t index, struct hash *out)
{
	(void)cookie;
	memset(out, (int)(level + index), sizeof(*out));
	return OK;
}

static enum err
no_subtree(void *cookie, unsigned level, uint64_t index, struct hash *out)
{
	(void)cookie;
	(void)level;
	(void)index;
	(void)out;
	return ERR_IO;
}

static void
the_largest_trees_do_no_harm(void **state)
{
	struct merkle_proof p;
	struct merkle m;

	(void)state;
	assert_int_equal(
	    merkle_prove_inclusion(0, (uint64_t)1 << 63, any_subtree, NULL, &p),
	    OK);
	assert_int_equal(p.n, 63);
	assert_int_equal(
	    merkle_prove_inclusion(0, UINT64_MAX, any_subtree, NULL, &p),
	    ERR_LIMIT); /* 64 hashes */
	assert_int_equal(merkle_prove_inclusion(
			     UINT64_MAX - 1, UINT64_MAX, any_subtree, NULL, &p),
	    OK);
	assert_int_equal(
	    merkle_prove_consistency(1, UINT64_MAX, any_subtree, NULL, &p),
	    ERR_LIMIT);
	assert_int_equal(
	    merkle_prove_consistency(2, 1, any_subtree, NULL, &p), ERR_LIMIT);
	assert_int_equal(
	    merkle_prove_consistency(0, 9, any_subtree, NULL, &p), OK);
	assert_int_equal(p.n, 0);
	assert_int_equal(merkle_load(&m, UINT64_MAX, any_subtree, NULL), OK);
	assert_int_equal(merkle_load(&m, 5, no_subtree, NULL), ERR_IO);
	assert_int_equal(
	    merkle_prove_inclusion(0, 5, no_subtree, NULL, &p), ERR_IO);
	p.n = MERKLE_PROOF_MAX + 1;
	assert_int_equal(
	    merkle_verify_inclusion(&p.h[0], 0, 1, &p, &p.h[0]), ERR_SIGNATURE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(computes_the_roots_of_the_reference_tree),
		cmocka_unit_test(builds_the_proofs_of_the_reference_tree),
		cmocka_unit_test(judges_inclusion_like_the_reference),
		cmocka_unit_test(judges_consistency_like_the_reference),
		cmocka_unit_test(
		    every_leaf_of_small_trees_is_proven_and_no_other),
		cmocka_unit_test(
		    every_two_sizes_are_consistent_and_changed_ones_are_not),
		cmocka_unit_test(the_largest_trees_do_no_harm),
	};

	return cmocka_run_group_tests_name("merkle", tests, NULL, vec_free);
}
