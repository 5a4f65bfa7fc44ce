using System.Text;
using Tcpwhy.Cli.Ui.Watching;
using Xunit;

namespace Tcpwhy.Tests.Cli.Watching;

public class KeyReaderTests
{
    [Theory]
    [InlineData("q", "q")]
    [InlineData("\e[A\e[B\e[C\e[D", "Up Down Right Left")]
    [InlineData("\eOA\eOB\eOH\eOF", "Up Down Home End")]
    [InlineData("\e[5~\e[6~\e[1~\e[4~\e[7~\e[8~", "PageUp PageDown Home End Home End")]
    [InlineData("\e[1;5A\e[Z\t", "Up BackTab Tab")]
    [InlineData("\r\x7f\x03\x0c\x04", "Enter Backspace Quit Redraw Quit")]
    [InlineData("가=", "가 =")]
    [InlineData("\e", "Escape")]
    [InlineData("\e[99z\x01x", "x")]
    public void Bytes_are_keys(string bytes, string keys) => Assert.Equal(keys, Told(new KeyReader().Read(Encoding.UTF8.GetBytes(bytes), last: true)));

    [Fact]
    public void A_sequence_may_come_in_pieces()
    {
        KeyReader reader = new();
        Assert.Empty(reader.Read("\e"u8, last: false));
        Assert.Empty(reader.Read("[5"u8, last: false));
        Assert.Equal("PageUp", Told(reader.Read("~"u8, last: false)));
    }

    [Fact]
    public void Nothing_that_is_typed_breaks_it()
    {
        Random chance = new(3);
        KeyReader reader = new();
        byte[] bytes = new byte[64];
        for (int round = 0; round < 2_000; round++)
        {
            chance.NextBytes(bytes);
            reader.Read(bytes.AsSpan(0, chance.Next(bytes.Length)), last: round % 3 == 0);
        }
        reader.Read([], last: true);
        Assert.Equal("q", Told(reader.Read("q"u8, last: true)));
    }

    private static string Told(List<Key> keys) => string.Join(' ', keys.Select(key => key.Name == KeyName.Character ? key.Character.ToString() : key.Name.ToString()));
}
