using System.Text;

namespace ProjectedGan.Testing;

/// <summary>
/// The golden fixtures' number generator: CRC-32 of the name gives a stream, SplitMix64 its values (section 1 of the golden
/// README). Every weight and input is a formula of its name, so none is stored.
/// </summary>
public sealed class FillRule(string suffix)
{
    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <summary>CRC-32 (reflected polynomial 0xEDB88320) of the name and the folder's suffix.</summary>
    public uint Hash(string name)
    {
        var crc = uint.MaxValue;
        foreach (var value in Encoding.UTF8.GetBytes(name + suffix))
        {
            crc = CrcTable[(crc ^ value) & 0xFF] ^ (crc >> 8);
        }

        return ~crc;
    }

    /// <summary>The first <paramref name="count"/> 24-bit integers of a name's stream.</summary>
    public uint[] Draws(string name, long count)
    {
        var start = (ulong)Hash(name) << 32;
        var draws = new uint[count];
        for (var i = 0; i < draws.Length; i++)
        {
            var z = unchecked(start + (ulong)i + 0x9E3779B97F4A7C15);
            z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
            z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
            draws[i] = (uint)((z ^ (z >> 31)) >> 40);
        }

        return draws;
    }

    /// <summary>Values in [offset - scale, offset + scale), computed in double and rounded once to float32.</summary>
    public float[] Uniform(string name, long count, double scale, double offset) =>
        Array.ConvertAll(Draws(name, count), k => (float)((((k / 16777216.0) * 2) - 1) * scale + offset));

    /// <summary>Integers in [low, high).</summary>
    public long[] Integers(string name, long count, long low, long high) =>
        Array.ConvertAll(Draws(name, count), k => low + ((k * (high - low)) >> 24));

    /// <summary>Bytes 0..255.</summary>
    public byte[] Bytes(string name, long count) => Array.ConvertAll(Draws(name, count), k => (byte)(k >> 16));

    /// <summary>One-hot rows [rows, width] over the first <paramref name="classes"/> columns.</summary>
    public float[] OneHot(string name, long rows, long width, int classes)
    {
        var labels = Integers(name, rows, 0, classes);
        var values = new float[rows * width];
        for (var row = 0; row < rows; row++)
        {
            values[(row * width) + labels[row]] = 1;
        }

        return values;
    }

    /// <summary>The indices of the <paramref name="count"/> smallest of <paramref name="total"/> draws, in stable order.</summary>
    public int[] Subset(string name, int total, int count)
    {
        var draws = Draws(name, total);
        return [.. Enumerable.Range(0, total).OrderBy(i => draws[i]).Take(count)];
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 1 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
