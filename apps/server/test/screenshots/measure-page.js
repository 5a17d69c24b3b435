// Runs in a page, as one expression: what can be measured of it and is not good, in words.
(bounds) => {
  const faults = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`it is ${scrollWidth} px wide where there are ${clientWidth}`);

  // A canvas knows every notation of colours, and what one over another looks like.
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (canvas === null) return [...faults, 'no canvas'];
  const mixed = (colors) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const color of colors) {
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb) => {
    const [red = 0, green = 0, blue = 0] = rgb.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    const colors = [];
    for (let at = element; at !== null; at = at.parentElement) {
      colors.unshift(getComputedStyle(at).backgroundColor);
    }
    return ['Canvas', ...colors];
  };

  for (const element of document.body.querySelectorAll('*')) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    const words = [...element.childNodes]
      .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
      .map(({ textContent }) => textContent?.trim() ?? '')
      .join(' ')
      .trim();
    const name = `${element.tagName.toLowerCase()} “${words.slice(0, 30)}”`;
    if (element.matches('button, .button, summary, input') && box.height < bounds.button) {
      faults.push(`${name} is ${box.height} px high`);
    }
    if (words === '') continue;
    const ground = behind(element);
    const [darker = 0, lighter = 0] = [
      luminance(mixed(ground)),
      luminance(mixed([...ground, getComputedStyle(element).color])),
    ].sort((one, other) => one - other);
    const contrast = (lighter + 0.05) / (darker + 0.05);
    if (contrast < bounds.contrast) faults.push(`${name} has a contrast of ${contrast.toFixed(1)}`);
  }
  return faults;
};
