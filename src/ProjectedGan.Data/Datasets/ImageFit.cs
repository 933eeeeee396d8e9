namespace ProjectedGan.Data.Datasets;

/// <summary>How an image of any shape becomes a square.</summary>
public enum ImageFit
{
    /// <summary>The largest centred square is cut out.</summary>
    Crop,

    /// <summary>The whole image is kept, with bars of the background colour.</summary>
    Letterbox,

    /// <summary>The whole image is kept and its proportions are not.</summary>
    Stretch,
}
