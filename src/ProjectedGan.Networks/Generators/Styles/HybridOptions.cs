namespace ProjectedGan.Networks.Generators.Styles;

/// <summary>The shape of a <see cref="Hybrid"/> generator.</summary>
public sealed record HybridOptions : StyleOptions
{
    /// <summary>Channels at 128²; the other resolutions have FastGAN's multiples of it.</summary>
    public int Width { get; init; } = 128;

    internal long Channels(int side) => Math.Max(1, FastGanWidths.Channels(side, Width));

    internal override void Validate()
    {
        base.Validate();
        RequirePositive("width", Width);
    }
}
