using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ProjectedGan.Node.Coordinator.Web;

/// <summary>What browsers are told about every answer: run nothing and load nothing but what comes from here.</summary>
internal static class WebHeaders
{
    // Images with a token are fetched by script and shown as blobs.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void AddTo(HttpResponse response)
    {
        IHeaderDictionary headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers[HeaderNames.Vary] = HeaderNames.Authorization;
    }

    /// <summary>Answers 304 when the browser has what it asks for.</summary>
    /// <param name="context">The request.</param>
    /// <param name="tag">Names the content, without quotes.</param>
    /// <param name="caching">How long it may be used without asking.</param>
    /// <returns>True when nothing more is to be sent.</returns>
    public static bool IsUnchanged(HttpContext context, string tag, string caching)
    {
        EntityTagHeaderValue entity = new($"\"{tag}\"");
        context.Response.Headers.ETag = entity.ToString();
        context.Response.Headers.CacheControl = caching;
        bool unchanged = context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(entity, useStrongComparison: false) || known.Equals(EntityTagHeaderValue.Any));
        if (unchanged)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
        }

        return unchanged;
    }
}
