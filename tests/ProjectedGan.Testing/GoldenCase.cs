using System.Text.Json;
using System.Text.Json.Serialization;

namespace ProjectedGan.Testing;

/// <summary>One golden case: a runner (section 4 of the golden README), its arguments, inputs and the reference's outputs.</summary>
public sealed record GoldenCase
{
    public required string Id { get; init; }

    public required string File { get; init; }

    public required string Runner { get; init; }

    public JsonElement Args { get; init; }

    public Dictionary<string, GoldenInput> Inputs { get; init; } = [];

    public JsonElement Meta { get; init; }

    public required List<GoldenOutput> Outputs { get; init; }

    /// <summary>A list of names in <see cref="Meta"/>, empty where absent.</summary>
    public IReadOnlyList<string> MetaNames(string name) =>
        Meta.Find(name) is { } value ? [.. value.EnumerateArray().Select(item => item.GetString()!)] : [];
}

/// <summary>An output of the reference: what the case's file holds of it, figures over the full tensor, and the tolerance.</summary>
public sealed record GoldenOutput
{
    public required string Name { get; init; }

    public required string Key { get; init; }

    public required long[] Shape { get; init; }

    public required string Dtype { get; init; }

    /// <summary><c>full</c>, or <c>sample</c>.</summary>
    public required string Stored { get; init; }

    /// <summary>Element j of a sample is flat index j * stride of the full tensor.</summary>
    public long Stride { get; init; } = 1;

    public double Mean { get; init; }

    public double Std { get; init; }

    public double L2 { get; init; }

    public GoldenDouble? F64 { get; init; }

    [JsonPropertyName("tol")]
    public GoldenTolerance? Tolerance { get; init; }

    public bool ZeroInExactArithmetic { get; init; }

    /// <summary>What makes float32 jump: <c>relu</c>, <c>adam-sign</c>.</summary>
    public string? Kinks { get; init; }
}

/// <summary>The same output of the reference run entirely in float64. Where a field is absent, the output's own holds for both runs.</summary>
public sealed record GoldenDouble
{
    public string? Key { get; init; }

    public long Stride { get; init; } = 1;

    public double? L2 { get; init; }

    public double? Mean { get; init; }

    public double? MaxAbs { get; init; }

    public double? Value { get; init; }
}

/// <summary>The manifest's float32 tolerance: relative l2 error and largest absolute error of the stored values.</summary>
public sealed record GoldenTolerance
{
    [JsonPropertyName("rel_l2")]
    public double? RelativeL2 { get; init; }

    public double? MaxAbs { get; init; }
}
