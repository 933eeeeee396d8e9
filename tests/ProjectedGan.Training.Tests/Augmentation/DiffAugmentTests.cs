using ProjectedGan.Data.Ordering;
using ProjectedGan.Foundation;
using ProjectedGan.Tensors;
using ProjectedGan.Training.Augmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests.Augmentation;

public sealed class DiffAugmentTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("color,translation,cutout", "color,translation,cutout")]
    [InlineData(" cutout , color ", "cutout,color")]
    [InlineData("none", "none")]
    [InlineData("", "none")]
    public void Parse_Policy_ReadsNamesInOrder(string text, string expected) =>
        Assert.Equal(expected, DiffAugmentPolicy.Parse(text).ToString());

    [Theory]
    [InlineData("colour", "unknown operation 'colour'")]
    [InlineData("color,,cutout", "unknown operation ''")]
    [InlineData("color,color", "'color' twice")]
    public void Parse_BadPolicy_SaysWhatIsWrong(string text, string expected)
    {
        var error = Assert.Throws<PganException>(() => DiffAugmentPolicy.Parse(text));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_SameKey_GivesTheSameBitsAndAnotherKeyOthers()
    {
        var images = rand([4, 3, 16, 16]);
        Assert.Equal(Hash(Augment(images, 1)), Hash(Augment(images, 1)));
        Assert.NotEqual(Hash(Augment(images, 1)), Hash(Augment(images, 2)));
    }

    [Fact]
    public void Apply_NoPolicy_GivesTheImages()
    {
        var images = rand([2, 3, 8, 8]);
        var result = DiffAugment.Apply(images, DiffAugmentPolicy.None, Draws(1));
        Assert.Equal(Hash(images), Hash(result));
        Assert.NotEqual(images.Handle, result.Handle);
    }

    [Fact]
    public void Apply_CutoutOnOnes_LeavesAHoleOfAFifth()
    {
        var result = DiffAugment.Apply(ones([64, 1, 20, 20]), DiffAugmentPolicy.Parse("cutout"), Draws(3));
        var zeros = (1f - result).sum([1, 2, 3]).data<float>().ToArray();
        Assert.All(zeros, count => Assert.InRange(count, 4, 16));
        Assert.Contains(16f, zeros);
        Assert.Contains(zeros, count => count < 16);
    }

    [Fact]
    public void Apply_TranslationOfInfinities_BringsInZerosOnly()
    {
        // Multiplying by a mask would turn the infinities at the border into NaN.
        var images = full([8, 1, 16, 16], float.PositiveInfinity);
        var values = DiffAugment.Apply(images, DiffAugmentPolicy.Parse("translation"), Draws(4)).data<float>().ToArray();
        Assert.All(values, value => Assert.True(value is 0 or float.PositiveInfinity));
        Assert.Contains(0f, values);
    }

    [Fact]
    public void Apply_AnyPolicy_SendsGradientsToTheImages()
    {
        var images = rand([3, 3, 16, 16]).requires_grad_();
        DiffAugment.Apply(images, DiffAugmentPolicy.All, Draws(5)).sum().backward();
        Assert.Equal(images.shape, images.grad!.shape);
        Assert.True(images.grad.abs().sum().ToSingle() > 0);
    }

    [Fact]
    public void Apply_OtherShape_Throws() =>
        Assert.Throws<ArgumentException>(() => DiffAugment.Apply(rand([3, 8, 8]), DiffAugmentPolicy.All, Draws(0)));

    [Fact]
    public void KeyedDraws_Numbers_AreInRangeAndInAnyDtypeTheSame()
    {
        var single = Draws(7).Rand([1000], ScalarType.Float32, CPU).to_type(ScalarType.Float64);
        var wide = Draws(7).Rand([1000], ScalarType.Float64, CPU);
        Assert.Equal(Hash(single), Hash(wide));
        var integers = Draws(7).RandInt(-2, 3, [1000], CPU).data<long>().ToArray();
        Assert.Equal([-2, -1, 0, 1, 2], integers.Distinct().Order());
    }

    [Fact]
    public void GaussianBlur_FlatImage_StaysFlatInsideAndDarkensAtTheBorder()
    {
        var result = GaussianBlur.Apply(ones([1, 2, 16, 16]), 1);
        Assert.Equal(1, result[0, 1, 8, 8].ToSingle(), 1e-5);
        Assert.True(result[0, 0, 0, 0].ToSingle() < 0.8);
        var images = ones([1, 1, 4, 4]);
        Assert.Equal(Hash(images), Hash(GaussianBlur.Apply(images, 0.3)));
        Assert.Equal(0, new BlurSchedule(2, 0).SigmaAt(0));
    }

    private static KeyedDraws Draws(int replica) => new(RandomKey.For(0, 0, RandomPhase.Generator, replica, RandomPurpose.Augmentation));

    private static Tensor Augment(Tensor images, int replica) => DiffAugment.Apply(images, DiffAugmentPolicy.All, Draws(replica));

    private static string Hash(Tensor tensor) => Bytes.Hash(tensor);
}
