namespace Orleans.Tests.Hosting;

internal static class Waiting
{
    /// <summary>Fails by saying what was waited for.</summary>
    public static async Task Within(this Task task, string what)
    {
        try
        {
            await task.WaitAsync(TestSilo.Patience);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            Assert.Fail($"Waited {TestSilo.Patience} for {what}.");
        }
    }

    public static async Task<T> Within<T>(this Task<T> task, string what)
    {
        await ((Task)task).Within(what);
        return await task;
    }
}
