using Tcpwhy.Cli.Ui.Watching;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Cli.Watching;

public class WatchViewTests
{
    private static readonly Dictionary<string, Key[]> Screens = new()
    {
        ["failures"] = [],
        ["failure"] = [new Key(KeyName.Enter)],
        ["connections"] = ['2'],
        ["connection"] = ['2', new Key(KeyName.Enter)],
        ["listeners"] = ['3'],
        ["processes"] = ['4'],
        ["pool"] = ['4', new Key(KeyName.Enter)],
        ["limits"] = ['5'],
        ["alerts"] = ['6'],
        ["help"] = ['?'],
    };

    public static TheoryData<string, int, int, string> All()
    {
        TheoryData<string, int, int, string> all = [];
        foreach (string screen in Screens.Keys)
        {
            all.Add(screen, 80, 24, "en");
            all.Add(screen, 80, 24, "ko");
            all.Add(screen, 200, 50, "en");
            all.Add(screen, 60, 20, "en");
        }
        return all;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Screens_are_as_recorded(string screen, int width, int height, string language)
    {
        CellBuffer cells = new Scene().Draw(width, height, language == "ko" ? Language.Korean : Language.English, Screens[screen]);

        Golden.Matches($"watch/{screen}.{width}x{height}{(language == "ko" ? ".ko" : "")}.txt", cells.Text());
    }

    [Fact]
    public void Before_the_first_look_there_is_a_screen_too() =>
        Golden.Matches("watch/empty.80x24.txt", new Scene(empty: true).Draw(80, 24, Language.English).Text());

    [Theory]
    [InlineData(1, 1)]
    [InlineData(20, 8)]
    [InlineData(33, 9)]
    [InlineData(500, 200)]
    public void No_size_breaks_it(int width, int height)
    {
        Scene scene = new();
        foreach (Key[] keys in Screens.Values)
        {
            scene.Draw(width, height, Language.Korean, keys);
            scene.Draw(width, height, Language.English, new Key(KeyName.Escape), new Key(KeyName.End), new Key(KeyName.PageDown));
        }
    }

    [Fact]
    public void Drawing_the_same_again_sends_nothing()
    {
        Scene scene = new();
        CellBuffer first = scene.Draw(80, 24, Language.English), second = scene.Draw(80, 24, Language.English);

        Assert.Equal("", Frame.Between(first, second, coloured: true));
    }

    [Fact]
    public void What_stands_still_goes_on_where_it_would_be()
    {
        Scene scene = new(), other = new();
        scene.Data.StandsStill = true;
        string before = scene.Draw(80, 24, Language.English).Text();
        for (int i = 0; i < 3; i++)
        {
            scene.Data.See(Examples.CloseUnread);
            other.Data.See(Examples.CloseUnread);
        }
        Assert.Equal(before, scene.Draw(80, 24, Language.English).Text());

        scene.Data.StandsStill = false;
        Assert.Equal(other.Draw(80, 24, Language.English).Text(), scene.Draw(80, 24, Language.English).Text());
    }
}
