using ProjectedGan.Data.Images;

namespace ProjectedGan.Data.Datasets;

/// <summary>Turns an image of any kind into the dataset's: upright, without alpha, square, resized.</summary>
internal static class DatasetImageMaker
{
    /// <exception cref="ImageException">The file cannot be decoded or is too small.</exception>
    public static MadeImage Make(ReadOnlySpan<byte> file, DatasetCreateOptions options)
    {
        var image = ImageCodec.Decode(file);
        if (Math.Min(image.Width, image.Height) < options.MinimumSize)
            throw new ImageException($"it is {image.Width}x{image.Height}, smaller than the minimum of {options.MinimumSize}");
        var (width, height) = (image.Width, image.Height);
        image = ImageTransforms.Composite(image, options.Background);
        image = Fit(image, options);
        image = ImageTransforms.WithChannels(image, options.Channels);
        var png = ImageCodec.EncodePng(image, PngEffort.Stored);
        return new MadeImage(
            options.Mirror ? [png, ImageCodec.EncodePng(ImageTransforms.FlipHorizontally(image), PngEffort.Stored)] : [png], width, height);
    }

    /// <summary>The side that has to fill the dataset's: the longer one between bars, else the shorter one.</summary>
    public static int FilledSide(MadeImage image, ImageFit fit) =>
        fit == ImageFit.Letterbox ? Math.Max(image.Width, image.Height) : Math.Min(image.Width, image.Height);

    private static ImageBuffer Fit(ImageBuffer image, DatasetCreateOptions options)
    {
        var side = options.Resolution;
        return options.Fit switch
        {
            ImageFit.Crop => Lanczos.Resize(ImageTransforms.CentreSquare(image), side, side),
            ImageFit.Stretch => Lanczos.Resize(image, side, side),
            _ => Letterbox(image, options),
        };
    }

    private static ImageBuffer Letterbox(ImageBuffer image, DatasetCreateOptions options)
    {
        var side = options.Resolution;
        var longer = Math.Max(image.Width, image.Height);
        var width = Math.Max(1, (int)Math.Round((double)image.Width * side / longer));
        var height = Math.Max(1, (int)Math.Round((double)image.Height * side / longer));
        var inner = ImageTransforms.WithChannels(Lanczos.Resize(image, width, height), 3);
        var result = new ImageBuffer(side, side, 3);
        for (var i = 0; i < result.Pixels.Length; i += 3)
        {
            result.Pixels[i] = options.Background.Red;
            result.Pixels[i + 1] = options.Background.Green;
            result.Pixels[i + 2] = options.Background.Blue;
        }
        int left = (side - width) / 2, top = (side - height) / 2;
        for (var y = 0; y < height; y++)
            inner.Row(y).CopyTo(result.Row(top + y)[(left * 3)..]);
        return result;
    }
}

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

/// <summary>What became of an image.</summary>
/// <param name="Pngs">The PNG; with <see cref="DatasetCreateOptions.Mirror"/> the flipped one follows.</param>
/// <param name="Width">Pixels a row of the image that it was made of, upright.</param>
/// <param name="Height">Rows of that image.</param>
internal sealed record MadeImage(byte[][] Pngs, int Width, int Height);
