"""The project's own random words (docs/numerics.md, "Random numbers"), so that PyTorch can be given the masks that dropout draws."""

import hashlib

WORD = 0xFFFFFFFF


def key(seed, purpose, name):
    digest = hashlib.sha256(f"runledger/philox/1\0{seed}\0{purpose}\0{name}".encode()).digest()
    return int.from_bytes(digest[:4], "little"), int.from_bytes(digest[4:8], "little")


def block(k, counter):
    """Philox4x32-10 (Salmon et al., SC 2011): four words of one counter."""
    (k0, k1), (x0, x1, x2, x3) = k, counter
    for _ in range(10):
        first, second = 0xD2511F53 * x0, 0xCD9E8D57 * x2
        x0, x1, x2, x3 = (second >> 32) ^ x1 ^ k0, second & WORD, (first >> 32) ^ x3 ^ k1, first & WORD
        k0, k1 = (k0 + 0x9E3779B9) & WORD, (k1 + 0xBB67AE85) & WORD
    return x0, x1, x2, x3


def words(seed, purpose, name, c1, c2, count):
    k = key(seed, purpose, name)
    return [word for c0 in range((count + 3) // 4) for word in block(k, (c0, c1, c2, 0))][:count]


def kept(seed, name, p, samples, epoch, count):
    """Whether each of `count` draws is kept, a row a sample."""
    return [[float(word >= int(p * 2**32)) for word in words(seed, "dropout", name, sample, epoch, count)] for sample in range(samples)]
