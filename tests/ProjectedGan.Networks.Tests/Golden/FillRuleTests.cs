using ProjectedGan.Testing;

namespace ProjectedGan.Networks.Tests.Golden;

/// <summary>The test vectors of the golden README, sections 1 and 2.</summary>
public sealed class FillRuleTests
{
    private static readonly FillRule Rule = new("#0");

    [Theory]
    [InlineData("input:z", 922560768u, new uint[] { 8052137, 16336628, 5879042, 954689 })]
    [InlineData("synthesis.to_big.bias", 3803854938u, new uint[] { 7180703, 4238961, 3872664, 14265951 })]
    [InlineData("pretrained.layer0.0.weight", 1887069719u, new uint[] { 7993130, 3717574, 16269553, 9356292 })]
    public void Draws_KnownName_GiveTheTestVector(string name, uint hash, uint[] draws)
    {
        Assert.Equal(hash, Rule.Hash(name));
        Assert.Equal(draws, Rule.Draws(name, 4));
    }

    [Theory]
    [InlineData("input:z", 1.0, 0.0, new[] { -0.0401104689f, 0.947477818f, -0.29916358f, -0.886192203f })]
    [InlineData("input:z", 1.7320508075688772, 0.0, new[] { -0.0694733709f, 1.64107966f, -0.518166542f, -1.53492987f })]
    [InlineData("synthesis.to_big.bias", 1.0, 0.0, new[] { -0.143993497f, -0.494676471f, -0.538342476f, 0.700633883f })]
    [InlineData("pretrained.layer0.0.weight", 1.0, 0.0, new[] { -0.0471446514f, -0.556830645f, 0.939481854f, 0.115356922f })]
    [InlineData("synthesis.init.init.1.weight", 0.2, 1.0, new[] { 0.875988722f, 0.999421537f, 0.816271424f, 1.1791445f })]
    public void Uniform_KnownName_GivesTheTestVector(string name, double scale, double offset, float[] values) =>
        Assert.Equal(values, Rule.Uniform(name, 4, scale, offset));

    [Fact]
    public void OneHot_Labels_GiveTheTestVector()
    {
        var rows = Rule.OneHot("input:c", 8, 7, 7).Chunk(7).Select(row => Array.IndexOf(row, 1f));

        Assert.Equal([2, 3, 6, 6, 5, 5, 0, 0], rows);
    }

    [Fact]
    public void Bytes_Image_GiveTheTestVector() =>
        Assert.Equal([46, 133, 115, 178, 147, 225, 69, 39], Rule.Bytes("input:image0", 8));

    [Fact]
    public void Subset_OfDraws_AreTheSmallest()
    {
        var draws = Rule.Draws("draw:kid0", 50);

        var subset = Rule.Subset("draw:kid0", 50, 10);

        Assert.Equal(10, subset.Distinct().Count());
        Assert.True(subset.Max(i => draws[i]) <= Enumerable.Range(0, 50).Except(subset).Min(i => draws[i]));
    }

    [Fact]
    public void SpectralFill_Convolution_GivesTheTestVector()
    {
        var weight = Rule.Uniform("synthesis.to_big.weight_orig", 3 * 16 * 9, 0.14433756729740643, 0);
        var start = Rule.Uniform("synthesis.to_big.weight_u", 3, 1, 0);
        Assert.Equal([-0.074904114f, -0.00605304912f, -0.0313236639f, -0.0458748713f], weight[..4]);
        Assert.Equal([-0.408179164f, -0.0548763275f, -0.935333371f], start);

        var (u, v, sigma) = SpectralFill.Iterate(weight, [3, 16, 3, 3], 0, start);

        AssertWithinUlp([-0.733357072f, -0.113033094f, -0.670381188f], u);
        AssertWithinUlp([0.0486370921f, -0.0322899297f, 0.0351786502f, -0.00237202668f], v[..4]);
        Assert.Equal(1.0408813174026217, sigma, 1e-12);
    }

    [Fact]
    public void SpectralFill_TransposedConvolution_GivesTheTestVector()
    {
        var weight = Rule.Uniform("synthesis.init.init.0.weight_orig", 64 * 512 * 16, 0.21650635094610965, 0);
        var start = Rule.Uniform("synthesis.init.init.0.weight_u", 512, 1, 0);
        Assert.Equal([0.160882652f, 0.198096335f, 0.11487893f, 0.133936659f], weight[..4]);

        var (u, v, _) = SpectralFill.Iterate(weight, [64, 512, 4, 4], 1, start);

        AssertWithinUlp([0.0106138932f, 0.0371793695f, -0.0430716425f, -0.00795587059f], u[..4]);
        AssertWithinUlp([0.0437672958f, -0.0154283224f, 0.0158229526f, 0.0258731321f], v[..4]);
    }

    private static void AssertWithinUlp(float[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.InRange(actual[i], MathF.BitDecrement(expected[i]), MathF.BitIncrement(expected[i]));
        }
    }
}
