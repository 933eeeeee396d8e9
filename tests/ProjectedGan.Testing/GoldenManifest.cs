using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ProjectedGan.Testing;

/// <summary>The golden folder's <c>manifest.json</c>: what every case runs and what the reference gave.</summary>
public sealed record GoldenManifest
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public required string Format { get; init; }

    /// <summary>Appended to every name before hashing, so that another folder has other numbers.</summary>
    public required string Suffix { get; init; }

    public required Dictionary<string, GoldenModuleSpec> Modules { get; init; }

    public required List<GoldenCase> Cases { get; init; }

    /// <exception cref="InvalidDataException">The file is missing, is not JSON of this layout, or has another format.</exception>
    public static GoldenManifest Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"Golden manifest '{path}' is missing; point PGAN_GOLDEN at a folder that has manifest.json.");
        }

        GoldenManifest manifest;
        try
        {
            using var stream = File.OpenRead(path);
            var root = JsonNode.Parse(stream);
            DropNulls(root);
            manifest = root.Deserialize<GoldenManifest>(Options) ?? throw new InvalidDataException($"Golden manifest '{path}' is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"Golden manifest '{path}' cannot be read: {e.Message}", e);
        }

        if (manifest.Format != "projected-gan-golden/1")
        {
            throw new InvalidDataException(
                $"Golden manifest '{path}' has format '{manifest.Format}'; this reader knows 'projected-gan-golden/1'.");
        }

        return manifest;
    }

    // Writers put null where they have nothing to say: everywhere that is the same as saying nothing.
    private static void DropNulls(JsonNode? node)
    {
        if (node is JsonObject members)
        {
            foreach (var name in members.Where(member => member.Value is null).Select(member => member.Key).ToArray())
            {
                members.Remove(name);
            }
        }

        foreach (var child in node switch
        {
            JsonObject parent => parent.Select(member => member.Value),
            JsonArray list => list,
            _ => Enumerable.Empty<JsonNode?>(),
        })
        {
            DropNulls(child);
        }
    }
}

/// <summary>A module of the reference: how it was built and its state_dict in the reference's order.</summary>
public sealed record GoldenModuleSpec
{
    /// <summary>Its name in the manifest.</summary>
    [JsonIgnore]
    public string Key { get; init; } = "";

    /// <summary>The rule of its folder.</summary>
    [JsonIgnore]
    public FillRule Fill { get; init; } = new("");

    public required string Builder { get; init; }

    public JsonElement Args { get; init; }

    [JsonPropertyName("state_dict")]
    public required List<GoldenEntry> Entries { get; init; }
}

/// <summary>One tensor of a module's state_dict and the rule that fills it.</summary>
public sealed record GoldenEntry
{
    public required string Name { get; init; }

    public required long[] Shape { get; init; }

    public required string Dtype { get; init; }

    public required string Kind { get; init; }

    public double? Scale { get; init; }

    public double? Offset { get; init; }

    /// <summary>The axis of a spectrally normalised weight that holds the rows of its matrix.</summary>
    public int? SnDim { get; init; }

    public required bool Param { get; init; }

    public string? TimmName { get; init; }
}

/// <summary>An input tensor of a case: a formula of its name.</summary>
public sealed record GoldenInput
{
    public required long[] Shape { get; init; }

    public required string Kind { get; init; }

    public double Scale { get; init; } = 1;

    public double Offset { get; init; }

    public int Classes { get; init; }

    public long Low { get; init; }

    public long High { get; init; }
}
