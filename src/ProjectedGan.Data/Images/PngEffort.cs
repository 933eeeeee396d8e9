namespace ProjectedGan.Data.Images;

/// <summary>How hard the PNG encoder works.</summary>
public enum PngEffort
{
    /// <summary>No compression: fastest to decode, the layout of StyleGAN's dataset zips.</summary>
    Stored = 0,

    /// <summary>zlib level 1: sample grids during training.</summary>
    Fast = 1,

    /// <summary>zlib level 9 with adaptive filters: files that are kept.</summary>
    Small = 2,
}
