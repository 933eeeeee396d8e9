namespace Grpc.Core.Api.Tests.Calls;

internal static class Waiting
{
    /// <summary>Waits with a limit that no machine needs, and says what it waited for.</summary>
    public static async Task ForAsync(Task task, string what)
    {
        try
        {
            await task.WaitAsync(TimeSpan.FromMinutes(1));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Waited a minute for {what}.");
        }
    }
}
