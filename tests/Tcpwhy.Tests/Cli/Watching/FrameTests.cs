using System.Text;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Watching;
using Xunit;

namespace Tcpwhy.Tests.Cli.Watching;

public class FrameTests
{
    private static readonly Ink[] Inks = Enum.GetValues<Ink>();

    // Wide and narrow, marks that would harm a terminal, and combining ones.
    private static readonly string[] Words = ["가", "연결", "a", "bc", "—", "▁█", "\e[2J", "\u0301", "한x글", "  "];

    [Fact]
    public void A_terminal_that_gets_the_differences_shows_the_screen()
    {
        Random chance = new(17);
        for (int round = 0; round < 300; round++)
        {
            (int width, int height) = (chance.Next(1, 40), chance.Next(1, 12));
            FakeTerminal terminal = new(width, height);
            CellBuffer? shown = null;
            for (int frame = 0; frame < 6; frame++)
            {
                CellBuffer next = new(width, height);
                for (int word = 0; word < chance.Next(0, 30); word++)
                    next.Put(chance.Next(-2, width), chance.Next(-1, height + 1), Words[chance.Next(Words.Length)], Inks[chance.Next(Inks.Length)], chance.Next(4) == 0);
                terminal.Take(Frame.Between(shown, next, coloured: true));
                shown = next;
                Assert.Equal(next.Text(), terminal.Text());
            }
        }
    }

    [Fact]
    public void A_small_change_is_a_few_bytes_in_one_update()
    {
        CellBuffer first = new(80, 24), second = new(80, 24);
        first.Put(10, 5, "12:00:01");
        second.Put(10, 5, "12:00:02");

        Assert.Equal("\e[?2026h\e[6;18H2\e[?2026l", Frame.Between(first, second, coloured: true));
    }

    [Fact]
    public void Another_size_begins_anew()
    {
        string bytes = Frame.Between(new CellBuffer(80, 24), new CellBuffer(81, 24), coloured: true);

        Assert.Equal("\e[?2026h\e[0m\e[2J\e[?2026l", bytes);
    }

    [Fact]
    public void Without_colours_only_weight_and_selection_are_sent()
    {
        CellBuffer next = new(10, 1);
        next.Put(0, 0, "a", Ink.Red);
        next.Put(1, 0, "b", Ink.Bold);
        next.Put(2, 0, "c", reversed: true);

        Assert.Equal("\e[?2026h\e[0m\e[2J\e[1;1Ha\e[0;1mb\e[0;7mc\e[0m\e[?2026l", Frame.Between(null, next, coloured: false));
    }

    [Fact]
    public void Names_from_outside_reach_no_terminal_raw()
    {
        CellBuffer next = new(40, 1);
        next.Put(0, 0, "evil\e]0;owned\a\u202e");

        Assert.Equal("evil\\x1b]0;owned\\x07\\u202e\n", next.Text());
    }

    /// <summary>A terminal that knows what frames may use, and refuses the rest.</summary>
    private sealed class FakeTerminal(int width, int height)
    {
        private readonly string[,] _cells = new string[height, width];
        private int _x;
        private int _y;

        public void Take(string bytes)
        {
            for (int at = 0; at < bytes.Length;)
            {
                if (bytes[at] == '\e')
                {
                    int end = bytes.AsSpan(at + 2).IndexOfAnyInRange('A', 'z') + at + 2;
                    Command(bytes[(at + 2)..end], bytes[end]);
                    at = end + 1;
                    continue;
                }
                var rune = Rune.GetRuneAt(bytes, at);
                at += rune.Utf16SequenceLength;
                int wide = DisplayWidth.Of(rune);
                Assert.True(_x + wide <= width, "it would wrap");
                _cells[_y, _x] = rune.ToString();
                if (wide == 2)
                    _cells[_y, _x + 1] = "";
                _x += wide;
            }
        }

        public string Text()
        {
            StringBuilder text = new();
            for (int y = 0; y < height; y++)
                text.Append(string.Concat(Enumerable.Range(0, width).Select(x => _cells[y, x] ?? " ")).TrimEnd(' ')).Append('\n');
            return text.ToString();
        }

        private void Command(string words, char final)
        {
            switch (final)
            {
                case 'H':
                    (_y, _x) = (int.Parse(words.Split(';')[0]) - 1, int.Parse(words.Split(';')[1]) - 1);
                    break;
                case 'J':
                    Array.Clear(_cells);
                    break;
                case 'm' or 'h' or 'l':
                    break;
                default:
                    Assert.Fail($"ESC [ {words}{final}");
                    break;
            }
        }
    }
}
