using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.PyTorch;

/// <summary>A Python tuple. Other values are null, bool, long, double, string and the types below.</summary>
internal sealed record PickleTuple(object?[] Items);

/// <summary>A Python list, or a set.</summary>
internal sealed record PickleList(List<object?> Items);

/// <summary>A Python dict or OrderedDict in order of insertion; a later value of the same key wins when it is walked.</summary>
internal sealed record PickleDictionary(List<KeyValuePair<object?, object?>> Entries);

/// <summary>A module of a TorchScript program: its parameters, buffers and inner modules by name.</summary>
internal sealed class PickleModule
{
    public PickleDictionary Attributes { get; set; } = new([]);
}

/// <summary>
/// A Python object of a class that means nothing here, or what a call of such a name would give: never made, only what was said about it.
/// </summary>
internal sealed class PickleObject(PickleGlobal? maker, object?[] arguments)
{
    /// <summary>The class or function; null where that is an object itself.</summary>
    public PickleGlobal? Maker => maker;

    public IReadOnlyList<object?> Arguments => arguments;

    /// <summary>The object's attributes, as a rule; null where it was given none.</summary>
    public object? State { get; set; }
}

/// <summary>A bytes object, left where it lies in the stream.</summary>
internal sealed record PickleBytes(long Start, long Length);

/// <summary>Which Python names a pickle may hold besides those of dictionaries of tensors.</summary>
internal enum PickleNames
{
    /// <summary>None.</summary>
    OfTensors,

    /// <summary>A TorchScript program's classes, <c>__torch__.…</c>, which are groups of attributes; nothing of theirs is called.</summary>
    OfPrograms,

    /// <summary>Any; objects of theirs are <see cref="PickleObject"/>.</summary>
    Any,
}

/// <summary>A name of a class or a function; never a Python object.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    /// <summary>Whether a TorchScript program brings it along.</summary>
    public bool IsProgramClass => Module.Split('.')[0] == "__torch__";

    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>An integer too long for 64 bits, kept as its little-endian bytes.</summary>
internal sealed record PickleLongInteger(byte[] Bytes);

/// <summary>The bytes of one or more tensors.</summary>
/// <param name="Key">Name inside the file.</param>
/// <param name="Type">Element type.</param>
/// <param name="Start">First element inside the stored bytes of <paramref name="Key"/> (views of the legacy format).</param>
/// <param name="Elements">Number of elements.</param>
internal sealed record TorchStorage(string Key, WeightType Type, long Start, long Elements);

/// <summary>A tensor: a strided window of a storage, checked to lie inside of it.</summary>
internal sealed record TorchTensor(TorchStorage Storage, StridedLayout Layout);
