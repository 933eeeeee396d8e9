using ProjectedGan.Foundation;

namespace ProjectedGan.Weights.Sources;

/// <summary>
/// Named tensors of an open weight file, whatever its format. Tensor bytes are read when asked for. Reading is safe from
/// several threads at once; disposing is not.
/// </summary>
public interface IWeightSource : IDisposable
{
    /// <summary>The file or folder, for messages.</summary>
    string Path { get; }

    /// <summary>The format in words, <c>PyTorch zip</c> for example.</summary>
    string Format { get; }

    /// <summary>All tensors in the order of the file. Names are unique.</summary>
    IReadOnlyList<WeightInfo> Tensors { get; }

    /// <summary>Free text that the file carries about itself; empty where the format has none.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The tensor of a name, or null.</summary>
    WeightInfo? Find(string name);

    /// <summary>
    /// Copies part of a tensor's bytes (little-endian, row-major, without padding) from byte <paramref name="offset"/> on, which is
    /// a multiple of the element size, as is the destination's length.
    /// </summary>
    /// <exception cref="WeightFileException">No such tensor, a range outside of it, or the file cannot be read.</exception>
    void Read(string name, long offset, Span<byte> destination);
}

/// <summary>A weight file cannot be read, written or loaded into a network. The message names the file and what was found.</summary>
public sealed class WeightFileException(string message) : PganException(message);
