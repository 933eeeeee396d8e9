using System.Security.Cryptography;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors;

/// <summary>Fingerprints of tensors: equal exactly when the bits are.</summary>
public static class Bytes
{
    private const int ChunkBytes = 1 << 30;

    /// <summary>SHA-256 of the values' bytes in row-major order, in lower-case hexadecimal digits.</summary>
    /// <remarks>Device and memory order do not count, nor do shape and dtype beyond the bytes they give.</remarks>
    public static string Hash(Tensor tensor) => Hash([tensor]);

    /// <summary>SHA-256 of several tensors' bytes one after another.</summary>
    public static unsafe string Hash(IEnumerable<Tensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in tensors)
        {
            using var plain = TensorBytes.RowMajorOnCpu(tensor);
            var (address, bytes) = TensorBytes.Memory(plain);
            for (var offset = 0L; offset < bytes; offset += ChunkBytes)
            {
                hash.AppendData(new ReadOnlySpan<byte>((byte*)address + offset, (int)Math.Min(ChunkBytes, bytes - offset)));
            }

            GC.KeepAlive(plain);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
