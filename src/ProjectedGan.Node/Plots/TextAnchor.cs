namespace ProjectedGan.Node.Plots;

/// <summary>Which part of a text's baseline stands at the given point.</summary>
public enum TextAnchor
{
    Start,
    Middle,
    End,
}
