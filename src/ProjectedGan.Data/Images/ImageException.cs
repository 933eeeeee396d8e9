using ProjectedGan.Foundation;

namespace ProjectedGan.Data.Images;

/// <summary>An image file that cannot be read, or an image that cannot be written. The message does not name the file; callers who know it do.</summary>
public sealed class ImageException(string message) : PganException(message);
