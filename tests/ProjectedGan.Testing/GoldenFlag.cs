using System.Text.Json;

namespace ProjectedGan.Testing;

/// <summary>Flags of the manifest, written as true, false, 0 or 1.</summary>
public static class GoldenFlag
{
    /// <summary>False where absent.</summary>
    public static bool Read(JsonElement args, string name) => args.TryGetProperty(name, out var value) && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.Number => value.GetInt32() != 0,
        _ => false,
    };
}
