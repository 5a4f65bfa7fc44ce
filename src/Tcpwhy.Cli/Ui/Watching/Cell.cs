using System.Text;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>One place of the screen. A wide character has its cell and an empty one, whose rune is 0.</summary>
/// <param name="Reversed">Drawn with fore- and background changed places: what is selected.</param>
internal readonly record struct Cell(Rune Rune, Ink Ink, bool Reversed)
{
    public static readonly Cell Blank = new(new Rune(' '), Ink.Plain, false);

    /// <summary>Whether it is the second half of a wide character.</summary>
    public bool IsRest => Rune.Value == 0;
}
