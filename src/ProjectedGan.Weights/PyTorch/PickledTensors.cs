using System.Globalization;
using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.PyTorch;

/// <summary>
/// Finds the tensors inside of what a pickle held and names each by its path: keys and list positions joined by dots, so that
/// <c>{'G_ema': {'conv.weight': …}}</c> gives <c>G_ema.conv.weight</c>. Values that are no tensors (counters, options) are left
/// out, but for the plain attributes of modules.
/// </summary>
internal sealed class PickledTensors(PickleInput input)
{
    private const int DeepestNesting = 32;
    private const int MostValues = 1_000_000;
    private const int LongestName = 1024;
    private const int MostSettings = 100_000;

    private readonly List<(string Name, TorchTensor Tensor)> _found = [];
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);

    // One object can be in many places.
    private readonly Dictionary<PickleObject, PickledModule?> _modules = [];
    private int _values;

    public IReadOnlyList<(string Name, TorchTensor Tensor)> Found => _found;

    /// <summary>
    /// Of each pickled module its class, as <c>G_ema.mapping:class</c>, and its attributes that are numbers or texts, as <c>G_ema:z_dim</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings => _settings;

    /// <summary>Looks through what a pickle held.</summary>
    /// <exception cref="WeightFileException">It is nested too deeply, has too many values, or tensors without a name.</exception>
    public PickledTensors Collect(object? root)
    {
        if (root is TorchTensor single)
        {
            _found.Add(("tensor", single));
        }
        else
        {
            Visit("", root, 0);
        }
        return this;
    }

    // Containers can hold each other many times over, or themselves: depth and the number of visits are bounded.
    private void Visit(string name, object? value, int depth)
    {
        if (++_values > MostValues || depth > DeepestNesting || name.Length > LongestName)
        {
            throw input.Error("its dictionaries are nested too deeply or have too many entries.");
        }
        switch (value)
        {
            case TorchTensor tensor:
                _found.Add((name, tensor));
                break;
            case PickleDictionary dictionary:
                VisitDictionary(name, dictionary, depth);
                break;
            case PickleModule module:
                VisitDictionary(name, module.Attributes, depth);
                break;
            case PickleObject item:
                VisitObject(name, item, depth);
                break;
            case PickleList list:
                VisitItems(name, list.Items, depth);
                break;
            case PickleTuple tuple:
                VisitItems(name, tuple.Items, depth);
                break;
            default:
                break;
        }
    }

    private void VisitDictionary(string name, PickleDictionary dictionary, int depth)
    {
        _values += dictionary.Entries.Count;
        if (_values > MostValues)
        {
            throw input.Error("its dictionaries have too many entries.");
        }
        var last = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in dictionary.Entries)
        {
            if (KeyText(key) is { } text)
            {
                last[text] = value;
            }
            else if (value is TorchTensor or PickleDictionary or PickleModule or PickleList or PickleTuple)
            {
                throw input.Error($"below '{name}' a dictionary key is neither text nor an integer, so that it names no tensor.");
            }
        }
        foreach (var (key, value) in last)
        {
            Visit(Join(name, key), value, depth + 1);
        }
    }

    private void VisitObject(string name, PickleObject item, int depth)
    {
        if (!_modules.TryGetValue(item, out var module))
        {
            _modules[item] = module = PickledModule.Of(item);
        }
        if (module is null)
        {
            return;
        }
        if (_settings.Count + module.Settings.Count > MostSettings)
        {
            throw input.Error("its modules have too many attributes.");
        }
        foreach (var (setting, text) in module.Settings)
        {
            _settings[$"{name}:{setting}"] = text;
        }
        foreach (var part in module.Parts)
        {
            VisitDictionary(name, part, depth);
        }
    }

    private void VisitItems(string name, IReadOnlyList<object?> items, int depth)
    {
        for (var i = 0; i < items.Count; i++)
        {
            Visit(Join(name, i.ToString(CultureInfo.InvariantCulture)), items[i], depth + 1);
        }
    }

    private static string? KeyText(object? key) => key switch
    {
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string Join(string name, string key) => name.Length == 0 ? key : $"{name}.{key}";
}
