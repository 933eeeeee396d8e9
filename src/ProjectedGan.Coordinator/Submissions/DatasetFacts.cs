using System.Text.Json.Serialization;

namespace ProjectedGan.Coordinator.Submissions;

/// <summary>What a dataset's file turned out to be.</summary>
/// <param name="Hash">Over images and labels, see <see cref="Data.Datasets.IImageDataset.Hash"/>.</param>
/// <param name="Images">Number of images.</param>
/// <param name="Resolution">Pixels a side.</param>
/// <param name="Classes">Largest label plus one; 0 without labels.</param>
/// <param name="LeftOut">
/// Sentences about files that are no images. A note without it is of a program that took other files for images, and not believed.
/// </param>
internal sealed record DatasetFacts(
    string Hash, int Images, int Resolution, int Classes, [property: JsonRequired] IReadOnlyList<string> LeftOut);
