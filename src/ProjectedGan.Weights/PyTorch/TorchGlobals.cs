using System.Globalization;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.PyTorch;

/// <summary>
/// The few Python names that a dictionary of tensors needs, each with its meaning here. A pickle may name any function of any
/// installed Python package and have it called; every name that is not in this list is refused, or stays a name.
/// </summary>
internal sealed class TorchGlobals(PickleInput input, PickleNames names, Func<PickleBytes, TorchStorage>? load)
{
    private const int MostAxes = 64;

    // Expanded tensors (stride 0) may be larger than their storage; beyond this they are an attack on memory.
    private const long MostExpandedBytes = 64L << 20;

    private static readonly PickleGlobal OrderedDictionary = new("collections", "OrderedDict");
    private static readonly PickleGlobal Size = new("torch", "Size");
    private static readonly PickleGlobal RebuildParameter = new("torch._utils", "_rebuild_parameter");
    private static readonly PickleGlobal RebuildTensor = new("torch._utils", "_rebuild_tensor");
    private static readonly PickleGlobal RebuildTensor2 = new("torch._utils", "_rebuild_tensor_v2");
    private static readonly PickleGlobal LoadStorage = new("torch.storage", "_load_from_bytes");

    private static readonly Dictionary<string, WeightType> StorageTypes = new(StringComparer.Ordinal)
    {
        ["DoubleStorage"] = WeightType.Float64,
        ["FloatStorage"] = WeightType.Float32,
        ["HalfStorage"] = WeightType.Float16,
        ["BFloat16Storage"] = WeightType.BFloat16,
        ["LongStorage"] = WeightType.Int64,
        ["IntStorage"] = WeightType.Int32,
        ["ShortStorage"] = WeightType.Int16,
        ["CharStorage"] = WeightType.Int8,
        ["ByteStorage"] = WeightType.UInt8,
        ["BoolStorage"] = WeightType.Bool,
    };

    private readonly Dictionary<string, TorchStorage> _storages = new(StringComparer.Ordinal);
    private long _copiedEntries;

    /// <summary>Every storage that the pickle referred to, by key.</summary>
    public IReadOnlyDictionary<string, TorchStorage> StoragesByKey => _storages;

    /// <exception cref="WeightFileException">The name is not in the list.</exception>
    public PickleGlobal Find(string module, string name)
    {
        var global = new PickleGlobal(module, name);
        var known = global == OrderedDictionary || global == Size || global == RebuildParameter || global == RebuildTensor
            || global == RebuildTensor2 || IsStorage(global) || names == PickleNames.Any
            || (names == PickleNames.OfPrograms && global.IsProgramClass);
        return known ? global : throw Refusal(global);
    }

    public WeightFileException Refusal(PickleGlobal? global) => input.Error(
        $"it names the Python object '{global?.ToString() ?? "(unknown)"}', which would run code; refused. "
        + "Save plain tensors with torch.save(module.state_dict(), ...) instead.");

    /// <summary>What a call of an allowed name gives.</summary>
    public object? Call(PickleGlobal function, object?[] arguments)
    {
        if (function == OrderedDictionary)
        {
            return OrderedDictionaryOf(arguments);
        }
        if (function == Size && arguments is [PickleTuple sizes])
        {
            return sizes;
        }
        if (function == RebuildParameter && arguments is [TorchTensor parameter, ..])
        {
            return parameter;
        }
        if ((function == RebuildTensor || function == RebuildTensor2)
            && arguments is [TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides, ..])
        {
            return Tensor(storage, offset, Numbers(shape), Numbers(strides));
        }
        if (function == LoadStorage && load is not null && arguments is [PickleBytes bytes])
        {
            return load(bytes);
        }
        return names == PickleNames.Any
            ? new PickleObject(function, arguments)
            : throw input.Error($"its pickle is damaged (wrong arguments for '{function}').");
    }

    /// <summary>
    /// The storage of a persistent id: ('storage', type, key, location, elements) and, in the legacy format, a view (key, offset,
    /// elements) or None.
    /// </summary>
    public TorchStorage Storage(object? id)
    {
        if (id is not PickleTuple { Items: ["storage", PickleGlobal type, var name, _, long elements, ..] items }
            || !IsStorage(type) || elements < 0 || elements > long.MaxValue / 8
            || (name as string ?? (name as long?)?.ToString(CultureInfo.InvariantCulture)) is not { } key)
        {
            throw input.Error("its pickle refers to something outside of it that is no tensor storage; refused.");
        }
        var storage = new TorchStorage(key, StorageTypes[type.Name], 0, elements);
        if (_storages.TryGetValue(key, out var known) && known != storage)
        {
            throw input.Error($"storage '{key}' has two types or lengths.");
        }
        _storages[key] = storage;
        return items.Length > 5 && items[5] is not null ? View(storage, items[5]) : storage;
    }

    private TorchStorage View(TorchStorage root, object? view)
    {
        if (view is not PickleTuple { Items: [_, long start, long elements] }
            || start < 0 || elements < 0 || start > root.Elements - elements)
        {
            throw input.Error($"storage '{root.Key}' has a view outside of its {root.Elements} elements.");
        }
        return root with { Start = start, Elements = elements };
    }

    private TorchTensor Tensor(TorchStorage storage, long offset, long[] shape, long[] strides)
    {
        if (shape.Length != strides.Length || offset < 0
            || shape.Any(size => size < 0) || strides.Any(stride => stride < 0))
        {
            throw input.Error($"a tensor has the impossible shape {ShapeNotation.Of(shape)} with strides {ShapeNotation.Of(strides)}.");
        }
        var layout = new StridedLayout(offset, shape, strides);
        var bytes = WeightInfo.InFile(input.Path, "(unnamed)", storage.Type, shape).Bytes;
        if (!EndsInside(layout, storage.Elements))
        {
            throw input.Error($"a tensor of shape {ShapeNotation.Of(shape)} at {offset} reaches beyond the {storage.Elements} elements "
                + $"of its storage '{storage.Key}'.");
        }
        if (bytes > Math.Max(storage.Elements * storage.Type.ElementBytes(), MostExpandedBytes))
        {
            throw input.Error($"a tensor of shape {ShapeNotation.Of(shape)} repeats its {storage.Elements} stored elements to {bytes} bytes; "
                + "save it with .contiguous() instead.");
        }
        return new TorchTensor(storage, layout);
    }

    private static bool EndsInside(StridedLayout layout, long elements)
    {
        try
        {
            return layout.End <= elements;
        }
        catch (OverflowException)
        {
            return false;
        }
    }

    private PickleDictionary OrderedDictionaryOf(object?[] arguments)
    {
        var entries = new List<KeyValuePair<object?, object?>>();
        if (arguments is [PickleList pairs])
        {
            // One list in the memo can be the argument of a million calls.
            _copiedEntries += pairs.Items.Count;
            if (_copiedEntries > PickleReader.MostOpcodes)
            {
                throw input.Error("its dictionaries have too many entries.");
            }
            foreach (var pair in pairs.Items)
            {
                entries.Add(pair switch
                {
                    PickleTuple { Items: [var key, var value] } => new(key, value),
                    PickleList { Items: [var key, var value] } => new(key, value),
                    _ => throw input.Error("its pickle is damaged (an OrderedDict entry that is no pair)."),
                });
            }
        }
        else if (arguments.Length != 0)
        {
            throw input.Error("its pickle is damaged (wrong arguments for 'collections.OrderedDict').");
        }
        return new PickleDictionary(entries);
    }

    private long[] Numbers(PickleTuple tuple) => tuple.Items.Length <= MostAxes
        ? [.. tuple.Items.Select(item => item as long? ?? throw input.Error("a tensor has a size that is no integer."))]
        : throw input.Error($"a tensor has {tuple.Items.Length} axes; at most {MostAxes} are read.");

    // torch.cuda.FloatStorage and the like name the device that a tensor was saved on.
    private static bool IsStorage(PickleGlobal global) =>
        global.Module is "torch" or "torch.cuda" && StorageTypes.ContainsKey(global.Name);
}
