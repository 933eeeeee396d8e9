namespace ProjectedGan.Foundation;

/// <summary>The user asked for something that cannot be: a wrong flag, a contradictory specification, an unsupported size.</summary>
/// <remarks>The command line exits with code 2.</remarks>
public class UsageException : PganException
{
    public UsageException(string message)
        : base(message)
    {
    }

    public UsageException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
