using ProjectedGan.Foundation;

namespace ProjectedGan.Weights.Tests;

/// <summary>Changes bytes of a file at random and reads all of it again.</summary>
internal static class Fuzz
{
    /// <summary>How many of the changed files were refused. Anything thrown but a <see cref="PganException"/> comes out.</summary>
    public static int CountRefused(string original, string changed, int seed, int rounds)
    {
        var random = new Random(seed);
        var whole = File.ReadAllBytes(original);
        var refused = 0;
        for (var round = 0; round < rounds; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var change = random.Next(1, 8); change > 0; change--)
            {
                // Bytes of the file itself are more often opcodes and digits than any byte is.
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : bytes[random.Next(bytes.Length)];
            }
            File.WriteAllBytes(changed, bytes);
            try
            {
                using var source = WeightFile.Open(changed);
                source.ReadAll();
            }
            catch (PganException)
            {
                refused++;
            }
        }
        return refused;
    }
}
