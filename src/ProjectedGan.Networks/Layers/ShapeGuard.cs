using static TorchSharp.torch;

namespace ProjectedGan.Networks.Layers;

/// <summary>Shape checks at module boundaries; libtorch reports some mistakes late, or by ending the process.</summary>
public static class ShapeGuard
{
    /// <summary>Accepts any size on an axis.</summary>
    public const long Any = -1;

    /// <param name="module">The module that checks, for the message.</param>
    /// <param name="argument">The argument's name, for the message.</param>
    /// <param name="tensor">The argument.</param>
    /// <param name="expected">The size of each axis, <see cref="Any"/> where free.</param>
    /// <exception cref="ArgumentException">The tensor has another number of axes or another size.</exception>
    public static void Check(string module, string argument, Tensor tensor, params ReadOnlySpan<long> expected)
    {
        ArgumentNullException.ThrowIfNull(tensor, argument);
        var shape = tensor.shape;
        if (shape.Length != expected.Length)
        {
            throw new ArgumentException(
                $"{module}: {argument} has {shape.Length} axes [{string.Join(", ", shape)}]; expected {expected.Length}.");
        }

        for (var axis = 0; axis < shape.Length; axis++)
        {
            if (expected[axis] != Any && expected[axis] != shape[axis])
            {
                throw new ArgumentException($"{module}: {argument} has size {shape[axis]} on axis {axis}; expected {expected[axis]}.");
            }
        }
    }
}
