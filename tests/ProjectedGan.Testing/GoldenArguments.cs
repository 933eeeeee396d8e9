using System.Text.Json;

namespace ProjectedGan.Testing;

/// <summary>Arguments of modules and cases. What is absent has the given value; the reader of the manifest leaves nulls out.</summary>
public static class GoldenArguments
{
    /// <summary>A flag, written as true, false, 0 or 1; false where absent.</summary>
    public static bool Flag(this JsonElement arguments, string name) => arguments.Find(name) is { } value
        && (value.ValueKind == JsonValueKind.Number ? value.GetDouble() != 0 : value.GetBoolean());

    public static int Integer(this JsonElement arguments, string name, int otherwise) => arguments.Find(name)?.GetInt32() ?? otherwise;

    public static double Real(this JsonElement arguments, string name, double otherwise) => arguments.Find(name)?.GetDouble() ?? otherwise;

    /// <summary>An argument, or null where absent.</summary>
    public static JsonElement? Find(this JsonElement arguments, string name) =>
        arguments.ValueKind == JsonValueKind.Object && arguments.TryGetProperty(name, out var value) ? value : null;
}
