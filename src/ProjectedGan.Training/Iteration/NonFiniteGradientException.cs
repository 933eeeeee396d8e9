using ProjectedGan.Foundation;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// A gradient was not finite and the spec asks to stop then, or no replica has finite losses any more. Any other worker would stop at the same
/// iteration.
/// </summary>
public sealed class NonFiniteGradientException(string message) : PganException(message);
