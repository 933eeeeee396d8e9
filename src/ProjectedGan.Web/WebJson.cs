using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace ProjectedGan.Web;

/// <summary>Answers as JSON. Messages of the public API are written in protobuf's own mapping, as <c>pgan --json</c> does.</summary>
internal static class WebJson
{
    public static readonly JsonFormatter Messages = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    public static Task WriteMessageAsync(HttpContext context, IMessage message) => WriteAsync(context, Messages.Format(message));

    public static Task WriteObjectAsync<T>(HttpContext context, T value)
        where T : class => WriteAsync(context, JsonSerializer.Serialize(value, Options));

    /// <param name="context">The request.</param>
    /// <param name="json">Is sent as it is.</param>
    public static async Task WriteAsync(HttpContext context, string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        HttpResponse response = context.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = bytes.Length;
        if (response.Headers.CacheControl.Count == 0)
        {
            response.Headers.CacheControl = "no-store";
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }
}
