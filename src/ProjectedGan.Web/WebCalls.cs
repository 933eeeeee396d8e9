using System.Globalization;
using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using ProjectedGan.Hosting.Security;
using ProjectedGan.Hosting.Serving;

namespace ProjectedGan.Web;

/// <summary>What happens around every request for JSON or images: the caller's rights, the limits, and failures as JSON.</summary>
internal sealed partial class WebCalls(NodeServerOptions options, Authorizer authorizer, CallGates gates, StatusMapping statuses, ILogger<WebCalls> logger)
{
    /// <param name="method">The call of the public API whose rights and limits count: /package.Service/Method.</param>
    /// <param name="handler">Answers.</param>
    public RequestDelegate Guard(string method, RequestDelegate handler) => async context =>
    {
        WebHeaders.AddTo(context.Response);
        try
        {
            CheckName(context);
            authorizer.Authorize(method, context.Request.Headers.Authorization, context.Connection.ClientCertificate).AttachTo(context);
            using (gates.Enter(method))
            {
                await handler(context);
            }
        }
        catch (Exception error)
        {
            await FailAsync(context, method, error);
        }
    };

    /// <summary>Answers addresses that do not exist.</summary>
    public static Task WriteUnknownAsync(HttpContext context)
    {
        WebHeaders.AddTo(context.Response);
        return WriteAsync(context, StatusCodes.Status404NotFound, StatusCode.NotFound, $"There is nothing at {context.Request.Path}; docs/web.md lists the addresses.");
    }

    // Where only this machine may call and no token is asked for, a foreign page could let its own name point here and read along.
    private void CheckName(HttpContext context)
    {
        if (options.Access.Tokens is null && options.Metrics is { IsLoopback: true } && options.Web == WebPlacement.MetricsPort && !IsThisMachine(context.Request.Host.Host))
        {
            throw StatusMapping.Refuse(StatusCode.PermissionDenied, "This page is for this machine only: open it as localhost or 127.0.0.1.");
        }
    }

    private static bool IsThisMachine(string host) =>
        host is "localhost" || host.EndsWith(".localhost", StringComparison.Ordinal) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private async Task FailAsync(HttpContext context, string method, Exception error)
    {
        if (await ErrorInterceptor.CallerGoneAsync(error, context.RequestAborted))
        {
            return;
        }

        if (statuses.Map(error) is not { } known)
        {
            var incident = Guid.NewGuid().ToString("N")[..12];
            LogFailed(logger, context.Request.Path, incident, error);
            known = StatusMapping.Refuse(StatusCode.Internal, $"The coordinator failed at this request; its log says why under incident {incident}.");
        }
        else
        {
            LogRefused(logger, method, known.StatusCode, known.Status.Detail);
        }

        if (context.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            context.Abort();
            return;
        }

        if (known.StatusCode == StatusCode.Unauthenticated)
        {
            context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        }

        await WriteAsync(context, CodeOf(known.StatusCode), known.StatusCode, known.Status.Detail);
    }

    private static Task WriteAsync(HttpContext context, int status, StatusCode code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ETag = default;
        return WebJson.WriteObjectAsync(context, new { code = Constant(code), message });
    }

    private static int CodeOf(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument => StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.FailedPrecondition or StatusCode.Aborted => StatusCodes.Status409Conflict,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Unavailable or StatusCode.Cancelled => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    // NOT_FOUND, as gRPC's documentation spells it.
    private static string Constant(StatusCode code) => string.Concat(code.ToString().Select((letter, index) => index > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{letter}")).ToUpperInvariant();

    [LoggerMessage(141, LogLevel.Debug, "A web request like {Method} is refused with {Code}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string method, StatusCode code, string reason);

    [LoggerMessage(142, LogLevel.Error, "The web request {Path} failed (incident {Incident})")]
    private static partial void LogFailed(ILogger logger, string path, string incident, Exception exception);
}

/// <summary>What browsers are told about every answer: run nothing and load nothing but what comes from here.</summary>
internal static class WebHeaders
{
    // Images with a token are fetched by script and shown as blobs.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void AddTo(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers[HeaderNames.Vary] = HeaderNames.Authorization;
    }
}

/// <summary>Reads the parts of an address.</summary>
internal static class WebQuery
{
    public static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    /// <exception cref="FieldException">It is no number from 0 to <paramref name="most"/>.</exception>
    public static long Number(HttpContext context, string name, long standard, long most)
    {
        string? text = context.Request.Query[name];
        return string.IsNullOrEmpty(text) ? standard
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most ? number
            : throw new FieldException(name, $"{name} is '{Shortened(text)}'; use a whole number from 0 to {most}.");
    }

    public static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
