using System.Text;

namespace Grpc.Core.Api.Tests.Serialization;

public class MarshallerTests
{
    [Fact]
    public void Simple_ThroughContextualFunctions_RoundTrips()
    {
        var contextual = Marshallers.Create(Marshallers.StringMarshaller.ContextualSerializer, Marshallers.StringMarshaller.ContextualDeserializer);

        Assert.Equal("grüße", contextual.Deserializer(contextual.Serializer("grüße")));
    }

    [Fact]
    public void Contextual_BufferWriter_GivesTheSimpleFunctions()
    {
        var marshaller = Marshallers.Create<string>(
            (text, context) =>
            {
                context.SetPayloadLength(text.Length);
                Encoding.ASCII.GetBytes(text, context.GetBufferWriter());
                context.Complete();
            },
            context => Encoding.ASCII.GetString(context.PayloadAsReadOnlySequence()) + context.PayloadLength);

        Assert.Equal("abc"u8.ToArray(), marshaller.Serializer("abc"));
        Assert.Equal("abc3", marshaller.Deserializer("abc"u8.ToArray()));
    }

    [Fact]
    public void Contextual_SerializerThatNeverCompletes_IsRefused()
    {
        var marshaller = Marshallers.Create<string>((_, _) => { }, _ => "");

        Assert.Throws<InvalidOperationException>(() => marshaller.Serializer("abc"));
    }
}
