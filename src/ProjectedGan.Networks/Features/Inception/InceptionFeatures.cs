using static TorchSharp.torch;

namespace ProjectedGan.Networks.Features.Inception;

/// <summary>What the FID Inception network gives for a batch of images, each [N, size].</summary>
/// <param name="Pooled64">The first stem's maps averaged: 64 numbers an image.</param>
/// <param name="Pooled192">The second stem's: 192.</param>
/// <param name="Pooled768">The middle blocks': 768.</param>
/// <param name="Pooled2048">The last block's, on which FID and KID are defined: 2,048.</param>
/// <param name="UnbiasedLogits">The classifier's 1,008 logits without its bias, on which the Inception score is defined.</param>
/// <param name="Logits">The 1,008 logits.</param>
public sealed record InceptionFeatures(
    Tensor Pooled64, Tensor Pooled192, Tensor Pooled768, Tensor Pooled2048, Tensor UnbiasedLogits, Tensor Logits);
