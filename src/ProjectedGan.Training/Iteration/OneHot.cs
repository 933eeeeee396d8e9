using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>Class labels as the networks take them.</summary>
public static class OneHot
{
    /// <summary>float32 [labels, classes] with a 1 in each row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A label is not below <paramref name="classes"/>.</exception>
    public static Tensor Of(IReadOnlyList<int> labels, int classes)
    {
        var values = new float[labels.Count * classes];
        for (var row = 0; row < labels.Count; row++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)labels[row], (uint)classes, nameof(labels));
            values[(row * classes) + labels[row]] = 1;
        }
        return tensor(values, [labels.Count, classes]);
    }
}
