using ProjectedGan.Training.Iteration;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests.Iteration;

public class HingeLossTests
{
    [Fact]
    public void Losses_KnownLogits_AreTheFormulas()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { -3f, -0.5f, 0.25f, 2f }, [2, 2]);

        Assert.Equal(0.3125f, HingeLoss.Generator(logits).item<float>(), 6);
        Assert.Equal((0 + 0.5f + 1.25f + 3) / 4, HingeLoss.Generated(logits).item<float>(), 6);
        Assert.Equal((4 + 1.5f + 0.75f + 0) / 4, HingeLoss.Real(logits).item<float>(), 6);
    }
}
