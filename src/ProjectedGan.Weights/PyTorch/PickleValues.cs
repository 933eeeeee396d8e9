using System.Globalization;
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

/// <summary>A <c>torch.nn.Module</c> that was pickled as an object, whatever its class.</summary>
/// <param name="Parts">Its parameters, its persistent buffers and its modules, by name.</param>
/// <param name="Settings">Its class under <c>class</c>, and its public attributes that are numbers or texts.</param>
internal sealed record PickledModule(IReadOnlyList<PickleDictionary> Parts, IReadOnlyDictionary<string, string> Settings)
{
    // StyleGAN's pickles hold, in place of a class, its name, its source code and the object's attributes, in a call of this function.
    private const string Persistent = "_reconstruct_persistent_obj";

    private const int LongestText = 200;

    /// <summary>The module that an object is; null for other objects.</summary>
    public static PickledModule? Of(PickleObject item)
    {
        var isPersistent = item.Maker?.Name == Persistent;
        var description = isPersistent && item.Arguments is [PickleDictionary meta] ? Values(meta) : null;
        if ((isPersistent ? description?.GetValueOrDefault("state") : item.State) is not PickleDictionary state)
        {
            return null;
        }
        var attributes = Values(state);
        string[] names = ["_parameters", "_buffers", "_modules"];
        PickleDictionary[] parts = [.. names.Select(name => attributes.GetValueOrDefault(name)).OfType<PickleDictionary>()];
        if (parts.Length < names.Length)
        {
            return null;
        }
        var passing = Texts(attributes.GetValueOrDefault("_non_persistent_buffers_set"));
        parts[1] = new PickleDictionary([.. parts[1].Entries.Where(buffer => buffer.Key is not string name || !passing.Contains(name))]);
        var settings = attributes.Where(attribute => attribute.Key is [not '_', ..] and { Length: <= LongestText }
                && Text(attribute.Value) is not null)
            .ToDictionary(attribute => attribute.Key, attribute => Text(attribute.Value)!, StringComparer.Ordinal);
        settings["class"] = (isPersistent ? description!.GetValueOrDefault("class_name") as string : item.Maker?.Name) ?? "";
        return new PickledModule(parts, settings);
    }

    private static Dictionary<string, object?> Values(PickleDictionary dictionary)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in dictionary.Entries)
        {
            if (key is string name)
            {
                values[name] = value;
            }
        }
        return values;
    }

    // A set: one by its opcodes, or a call of Python's set with a list.
    private static HashSet<string> Texts(object? set) => set switch
    {
        PickleList list => [.. list.Items.OfType<string>()],
        PickleObject { Arguments: [PickleList list] } => [.. list.Items.OfType<string>()],
        _ => [],
    };

    private static string? Text(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        string { Length: <= LongestText } text => text,
        _ => null,
    };
}

/// <summary>
/// The opcodes of Python's pickle format (protocols 2 to 5) that dictionaries of tensors need, and those that objects need besides.
/// </summary>
internal enum PickleOpcode : byte
{
    Mark = (byte)'(',
    Stop = (byte)'.',
    Pop = (byte)'0',
    PopMark = (byte)'1',
    Dup = (byte)'2',
    BinFloat = (byte)'G',
    BinInt = (byte)'J',
    BinInt1 = (byte)'K',
    BinInt2 = (byte)'M',
    None = (byte)'N',
    BinPersistentId = (byte)'Q',
    Reduce = (byte)'R',
    BinString = (byte)'T',
    ShortBinString = (byte)'U',
    BinUnicode = (byte)'X',
    Append = (byte)'a',
    Build = (byte)'b',
    Global = (byte)'c',
    Appends = (byte)'e',
    BinGet = (byte)'h',
    LongBinGet = (byte)'j',
    BinPut = (byte)'q',
    LongBinPut = (byte)'r',
    SetItem = (byte)'s',
    Tuple = (byte)'t',
    SetItems = (byte)'u',
    EmptyList = (byte)']',
    EmptyDict = (byte)'}',
    EmptyTuple = (byte)')',
    BinBytes = (byte)'B',
    ShortBinBytes = (byte)'C',
    Proto = 0x80,
    NewObject = 0x81,
    Tuple1 = 0x85,
    Tuple2 = 0x86,
    Tuple3 = 0x87,
    NewTrue = 0x88,
    NewFalse = 0x89,
    Long1 = 0x8a,
    Long4 = 0x8b,
    ShortBinUnicode = 0x8c,
    BinUnicode8 = 0x8d,
    BinBytes8 = 0x8e,
    EmptySet = 0x8f,
    AddItems = 0x90,
    FrozenSet = 0x91,
    NewObjectWithNames = 0x92,
    StackGlobal = 0x93,
    Memoize = 0x94,
    Frame = 0x95,
    ByteArray8 = 0x96,
}
