namespace ProjectedGan.Foundation;

/// <summary>Puts an exception into the one line that a user reads.</summary>
public static class ErrorLine
{
    public static string Of(Exception exception)
    {
        Exception told = exception is AggregateException { InnerExceptions.Count: 1 } aggregate ? aggregate.InnerExceptions[0] : exception;
        return told switch
        {
            // Several violations of a spec come as several lines on purpose.
            PganException => told.Message,
            IOException or UnauthorizedAccessException => FirstLine(told.Message),
            _ => $"{FirstLine(told.Message)} ({told.GetType().Name}; --verbose shows where)",
        };
    }

    private static string FirstLine(string message) => message.Split('\n', 2)[0].TrimEnd();
}
