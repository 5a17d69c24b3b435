import type { ListedPrompt } from '@promptory/client';
import { Star } from 'lucide-react';
import { useFavorite } from './calls.ts';

export function FavoriteButton({ prompt }: { prompt: Pick<ListedPrompt, 'id' | 'title' | 'isFavorite'> }) {
  const favorite = useFavorite(prompt);
  const { isFavorite, title } = prompt;
  return (
    <button
      type="button"
      aria-label={`Favourite: ${title}`}
      aria-pressed={isFavorite}
      className={`grid size-10 shrink-0 place-items-center rounded-lg hover:bg-hover ${isFavorite ? 'text-star' : 'text-quiet'}`}
      onClick={() => favorite.mutate(!isFavorite)}
    >
      <Star aria-hidden size={18} fill={isFavorite ? 'currentColor' : 'none'} />
    </button>
  );
}
