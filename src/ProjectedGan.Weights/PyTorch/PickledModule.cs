using System.Globalization;

namespace ProjectedGan.Weights.PyTorch;

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
